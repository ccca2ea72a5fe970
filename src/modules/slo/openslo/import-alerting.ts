import { because } from '#kernel/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from '#kernel/instant.ts';
import { type Bundle, claimHeader, follow } from './bundle.ts';
import { at, items, numberAt, type Place, textAt } from './documents.ts';

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

/** Our alerting for an objective's alert policies; nothing where they ask for nothing of their own. */
export function mapAlerting(policies: readonly Place[], to: string, bundle: Bundle): Record<string, unknown> {
  const read = policies.flatMap((policy) => mapPolicy(policy, to, bundle));
  const pairs = read.flatMap(({ pair }) => (pair === null ? [] : [pair])).slice(0, PAIR_LIMIT);
  const noData = read.flatMap((one) => (one.whenNoData === undefined ? [] : [one.whenNoData]));
  return {
    ...(pairs.length === 0 ? {} : { pairs }),
    ...(noData.length > 0 && !noData.includes(true) ? { noDataAfter: null } : {}),
  };
}

interface PolicyRead {
  pair: object | null;
  whenNoData: boolean | undefined;
}

function mapPolicy(place: Place, to: string, bundle: Bundle): PolicyRead[] {
  const { ledger } = bundle;
  const reference = at(place, 'alertPolicyRef');
  const policy = reference.value === undefined ? place : follow('AlertPolicy', reference, `${to}.alerting`, bundle);
  if (policy === null) return [];
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
    return [{ pair: null, whenNoData }];
  }
  const pairs = items(at(spec, 'conditions')).map((condition) => mapCondition(condition, to, bundle));
  return pairs.length === 0 ? [{ pair: null, whenNoData }] : pairs.map((pair) => ({ pair, whenNoData }));
}

/** A pair for a condition: its own window is the long one, and a twelfth of it tells that the burn goes on. */
function mapCondition(place: Place, to: string, bundle: Bundle): object | null {
  const { ledger } = bundle;
  const reference = at(place, 'conditionRef');
  const named = reference.value === undefined ? place : follow('AlertCondition', reference, `${to}.alerting.pairs`, bundle);
  if (named === null) return null;
  claimHeader(named, `${to}.alerting.pairs`, bundle);
  const condition = at(named, 'spec', 'condition');
  const op = textAt(at(condition, 'op'));
  const refuse = (code: 'alerts_while_healthy' | 'not_expressible', text: string): null => {
    ledger.drop(at(named, 'spec').path, because(code, text));
    return null;
  };
  if (op === 'lt' || op === 'lte') return refuse('alerts_while_healthy', `${op} would alert while the budget burns slowly`);
  const factor = numberAt(at(condition, 'threshold'));
  const long = textAt(at(condition, 'lookbackWindow'));
  const longMs = parseDuration(long ?? '');
  if (factor === undefined || factor <= 0 || factor > 100_000)
    return refuse('not_expressible', 'a burn rate lies above 0 and is at most 100000');
  if (long === undefined || longMs === undefined || longMs < 10 * MINUTE_MS || longMs > 31 * DAY_MS) {
    return refuse('not_expressible', 'a window to look back on has 10 minutes to 31 days');
  }
  const short = shortText(longMs);
  const pairs = `${to}.alerting.pairs`;
  ledger.map(at(condition, 'kind').path, pairs);
  if (op === 'gte') ledger.change(at(condition, 'op').path, pairs, because('equality', 'a burn of exactly the factor is quiet'));
  else ledger.map(at(condition, 'op').path, pairs);
  ledger.map(at(condition, 'threshold').path, pairs);
  ledger.change(
    at(condition, 'lookbackWindow').path,
    pairs,
    because('short_window_added', `a short window of ${short} must burn as fast, so that the alert ends soon after the burn does`, {
      short,
    }),
  );
  ledger.drop(at(condition, 'alertAfter').path, because('no_field', 'alerts wait for nothing: both windows above the factor are enough'));
  return { severity: mapSeverity(at(named, 'spec', 'severity'), pairs, bundle), long, short, factor };
}

function mapSeverity(place: Place, to: string, { ledger }: Bundle): 'critical' | 'warning' | 'ticket' {
  const given = textAt(place)?.toLowerCase() ?? '';
  const severity = SEVERITIES[given] ?? 'warning';
  if (severity === given) ledger.map(place.path, to);
  else
    ledger.change(
      place.path,
      to,
      because('severity_translated', `it becomes ${severity}; the choice is critical, warning and ticket`, { severity }),
    );
  return severity;
}

/** A twelfth of the long window in whole minutes, 1 min at least. */
function shortText(longMs: number): string {
  const minutes = Math.max(1, Math.round(longMs / 12 / MINUTE_MS));
  return minutes % (HOUR_MS / MINUTE_MS) === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
