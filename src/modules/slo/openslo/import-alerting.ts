import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from '#kernel/instant.ts';
import { DEFAULT_ALERTING, type PairTerms } from '../core/alerting.ts';
import { type LeftOutCode, resolvePolicy } from '../core/policy.ts';
import { Target } from '../core/target.ts';
import { type Bundle, claimHeader, follow } from './bundle.ts';
import { at, items, numberAt, type Place, textAt } from './documents.ts';
import type { Loss, LossCode } from './report.ts';

const SEVERITIES: Record<string, 'critical' | 'warning' | 'ticket'> = {
  critical: 'critical',
  page: 'critical',
  high: 'critical',
  sev1: 'critical',
  p1: 'critical',
  warning: 'warning',
  warn: 'warning',
  medium: 'warning',
  sev2: 'warning',
  p2: 'warning',
  ticket: 'ticket',
  low: 'ticket',
  info: 'ticket',
  sev3: 'ticket',
  p3: 'ticket',
};

const PAIR_LIMIT = 12;

/** What decides whether a pair is of use: the objective's target, as far as it is one, and how often its source is read. */
interface PairFacts {
  target: unknown;
  scrapeMs?: number;
}

/** Any will do: a factor is too high or too low whatever the period; shares of the budget are Sloth's, and of 30 days. */
const PERIOD_MS = 30 * DAY_MS;

/** Why an edit would refuse the pair, or undefined. A target that is none is told of in its own place. */
export function deadBecause(pair: PairTerms, { target, ...read }: PairFacts): Because<LeftOutCode> | undefined {
  const valid = Target.safeParse(target);
  if (!valid.success) return undefined;
  const { leftOut } = resolvePolicy({ ...DEFAULT_ALERTING, pairs: [pair] }, { periodMs: PERIOD_MS, target: valid.data, ...read });
  return leftOut[0]?.because;
}

/** Our alerting for an objective's alert policies; nothing where they ask for nothing of their own. */
export function mapAlerting(policies: readonly Place[], facts: PairFacts, to: string, bundle: Bundle): Record<string, unknown> {
  const read = policies.flatMap((policy) => mapPolicy(policy, facts, to, bundle) ?? []);
  const conditions = read.flatMap((one) => one.conditions);
  const taken = conditions.filter((one): one is Taken => 'pair' in one);
  const pairs = taken.slice(0, PAIR_LIMIT);
  for (const one of pairs) tellTaken(one, to, bundle);
  for (const { named } of taken.slice(PAIR_LIMIT)) {
    const why = because('not_expressible', `an objective has at most ${PAIR_LIMIT} pairs`);
    bundle.ledger.drop(at(named, 'spec').path, why);
  }
  const usual = pairs.length === 0 ? '; the usual pairs alert instead' : '';
  for (const one of conditions) if ('refused' in one) tellRefused(one, usual, to, bundle);
  const noData = read.flatMap(({ whenNoData }) => whenNoData ?? []);
  return {
    ...(pairs.length > 0 && { pairs: pairs.map(({ pair }) => pair) }),
    // Policies that ask for no alert on what fails, and nothing else that does.
    ...(read.length > 0 && read.every(({ isQuiet }) => isQuiet) && { preset: 'none' }),
    ...(noData.length > 0 && !noData.includes(true) && { noDataAfter: null }),
  };
}

interface PolicyRead {
  conditions: (Taken | Refused)[];
  /** Says that it does not alert on what fails. */
  isQuiet: boolean;
  whenNoData: boolean | undefined;
}

/** A condition that a pair stands for. */
interface Taken {
  named: Place;
  pair: { severity: string; long: string; short: string; factor: number };
}

/** A condition that no pair can stand for. */
interface Refused {
  named: Place;
  refused: Loss;
}

function mapPolicy(place: Place, facts: PairFacts, to: string, bundle: Bundle): PolicyRead | null {
  const { ledger } = bundle;
  const reference = at(place, 'alertPolicyRef');
  const policy = reference.value === undefined ? place : follow('AlertPolicy', reference, `${to}.alerting`, bundle);
  if (policy === null) return null;
  claimHeader(policy, `${to}.alerting`, bundle);
  const spec = at(policy, 'spec');
  for (const target of items(at(spec, 'notificationTargets'))) {
    ledger.drop(
      target.path,
      because('routed_by_labels', 'who is told follows from the service and its escalation, not from the objective'),
    );
  }
  const noData = at(spec, 'alertWhenNoData');
  if (typeof noData.value === 'boolean') ledger.map(noData.path, `${to}.alerting.noDataAfter`);
  if (at(spec, 'alertWhenResolved').value === true) ledger.map(at(spec, 'alertWhenResolved').path, `${to}.alerting`);
  const breaching = at(spec, 'alertWhenBreaching');
  if (typeof breaching.value === 'boolean') ledger.map(breaching.path, `${to}.alerting.pairs`);
  const whenNoData = typeof noData.value === 'boolean' ? noData.value : undefined;
  if (breaching.value === false) {
    ledger.drop(at(spec, 'conditions').path, because('no_field', 'its policy does not alert on it'));
    return { conditions: [], isQuiet: true, whenNoData };
  }
  const conditions = items(at(spec, 'conditions')).flatMap((condition) => readCondition(condition, facts, to, bundle) ?? []);
  return { conditions, isQuiet: false, whenNoData };
}

/** A pair for a condition: its own window is the long one, and a twelfth of it tells that the burn goes on. */
function readCondition(place: Place, facts: PairFacts, to: string, bundle: Bundle): Taken | Refused | null {
  const reference = at(place, 'conditionRef');
  const named = reference.value === undefined ? place : follow('AlertCondition', reference, `${to}.alerting.pairs`, bundle);
  if (named === null) return null;
  claimHeader(named, `${to}.alerting.pairs`, bundle);
  const condition = at(named, 'spec', 'condition');
  const op = textAt(at(condition, 'op'));
  const refuse = (code: LossCode, text: string): Refused => ({ named, refused: because(code, text) });
  if (op === 'lt' || op === 'lte') return refuse('alerts_while_healthy', `${op} would alert while the budget burns slowly`);
  const factor = numberAt(at(condition, 'threshold'));
  const long = textAt(at(condition, 'lookbackWindow'));
  const longMs = parseDuration(long ?? '');
  if (factor === undefined || factor <= 0 || factor > 100_000)
    return refuse('not_expressible', 'a burn rate lies above 0 and is at most 100000');
  if (long === undefined || longMs === undefined || longMs < 10 * MINUTE_MS || longMs > 31 * DAY_MS) {
    return refuse('not_expressible', 'a window to look back on has 10 minutes to 31 days');
  }
  const pair = { severity: severityOf(at(named, 'spec', 'severity')), long, short: shortText(longMs, facts.scrapeMs), factor };
  const dead = deadBecause(pair, facts);
  return dead === undefined ? { named, pair } : { named, refused: because(dead.code, `${dead.text}: the pair is left out`, dead.facts) };
}

function tellRefused({ named, refused }: Refused, usual: string, to: string, { ledger }: Bundle): void {
  const why = { ...refused, text: `${refused.text}${usual}` };
  const isDead = refused.code === 'cannot_fire' || refused.code === 'factor_below_one';
  // Told of this objective even where another one of the same document takes the pair.
  if (isDead || usual !== '') ledger.change(at(named, 'spec', 'condition', 'threshold').path, `${to}.alerting`, why);
  ledger.drop(at(named, 'spec').path, why);
}

function tellTaken({ named, pair: { short } }: Taken, to: string, bundle: Bundle): void {
  const { ledger } = bundle;
  const pairs = `${to}.alerting.pairs`;
  const condition = at(named, 'spec', 'condition');
  ledger.map(at(condition, 'kind').path, pairs);
  const op = at(condition, 'op');
  if (textAt(op) === 'gte') ledger.change(op.path, pairs, because('equality', 'a burn of exactly the factor is quiet'));
  else ledger.map(op.path, pairs);
  ledger.map(at(condition, 'threshold').path, pairs);
  ledger.change(
    at(condition, 'lookbackWindow').path,
    pairs,
    because('short_window_added', `a short window of ${short} must burn as fast, so that the alert ends soon after the burn does`, {
      short,
    }),
  );
  ledger.drop(at(condition, 'alertAfter').path, because('no_field', 'alerts wait for nothing: both windows above the factor are enough'));
  claimSeverity(at(named, 'spec', 'severity'), pairs, bundle);
}

function severityOf(place: Place): 'critical' | 'warning' | 'ticket' {
  return SEVERITIES[textAt(place)?.toLowerCase() ?? ''] ?? 'warning';
}

function claimSeverity(place: Place, to: string, { ledger }: Bundle): void {
  const severity = severityOf(place);
  if (severity === textAt(place)?.toLowerCase()) ledger.map(place.path, to);
  else
    ledger.change(
      place.path,
      to,
      because('severity_translated', `it becomes ${severity}; the choice is critical, warning and ticket`, { severity }),
    );
}

/** A twelfth of the long window in whole minutes, and long enough for the four readings that an edit asks for. */
function shortText(longMs: number, scrapeMs = 0): string {
  const minutes = Math.max(1, Math.round(longMs / 12 / MINUTE_MS), Math.ceil((4 * scrapeMs) / MINUTE_MS));
  return minutes % (HOUR_MS / MINUTE_MS) === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
