import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS } from '#kernel/instant.ts';
import type { BurnPair } from '../core/policy.ts';
import type { DefinitionInput } from '../openslo/definition.ts';
import { type Counted, EVALUATION_MS, type Events } from './counted.ts';
import { factorText, figuresOf, promDuration } from './pairs.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Group {
  name: string;
  interval?: string;
  rules: Rule[];
}

/** How often the whole period is summed up again: it moves slowly, and reads the most. */
const PERIOD_EVERY = '5m';
/** Sloth's windows, which dashboards draw whatever the alerts use. */
const DRAWN = [5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS];

/** What all rules of one objective share. */
export interface Facts {
  definition: DefinitionInput;
  /** Sloth's three labels: sloth_id, sloth_service, sloth_slo. */
  identity: Record<string, string>;
  /** The objective's own labels, where Prometheus allows their names. */
  own: Record<string, string>;
  periodMs: DurationMs;
  pairs: readonly BurnPair[];
  selector: string;
}

/** Labels as a selector. Their values are slugs, which need no escapes. */
export function braces(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;
}

const STEP = promDuration(EVALUATION_MS);
const TOTAL = { seen: `slo:sli_total:seen${STEP}`, record: `slo:sli_total:increase${STEP}` };
const BAD = { seen: `slo:sli_bad:seen${STEP}`, record: `slo:sli_bad:increase${STEP}` };
const ratioRecord = (windowMs: DurationMs): string => `slo:sli_error:ratio_rate${promDuration(windowMs)}`;

function recorded(facts: Facts, record: string, expr: string, more: Record<string, string> = {}): Rule {
  return { record, expr, labels: { ...facts.own, ...facts.identity, ...more } };
}

function windowsOf({ pairs, periodMs }: Facts): DurationMs[] {
  const drawn = DRAWN.filter((windowMs) => windowMs <= periodMs);
  return [...new Set([...drawn, ...pairs.flatMap((pair) => [pair.longMs, pair.shortMs])])].sort((a, b) => a - b);
}

export function sliRules(facts: Facts, { total, bad }: Events): Rule[] {
  return [
    ...countRules(facts, TOTAL, total, ''),
    // Series of errors may begin with the first error: there are none before.
    ...countRules(facts, BAD, bad, `\nor\n0 * sum(${total.before === null ? TOTAL.record : TOTAL.seen}${facts.selector})`),
    ...windowsOf(facts).map((windowMs) => ratioRule(facts, windowMs)),
  ];
}

/**
 * The events of each interval, every one counted once: what has arrived at its end, and with the next what came after that,
 * which is what the interval comes to when asked again, less what was seen of it. Thus an evaluation waits for no scrape that
 * is under way, and loses none; and where an evaluation was missed, the next counts for both.
 */
function countRules(facts: Facts, { seen, record }: typeof TOTAL, counted: Counted, otherwise: string): Rule[] {
  if (counted.before === null) return [recorded(facts, record, `${counted.seen}${otherwise}`)];
  const inTime = `sum(${seen}${facts.selector})`;
  const then = `sum(last_over_time(${seen}${facts.selector}[1s] offset ${STEP}))`;
  const late = `clamp_min(${counted.before} - (${then} or vector(0)), 0)`;
  return [recorded(facts, seen, counted.seen), recorded(facts, record, `${inTime}\n+\n${late}\nor\n${inTime}${otherwise}`)];
}

/** Bad among all events of a window: absent where there was none, as `> 0` lets nothing be divided by zero. */
function ratioRule(facts: Facts, windowMs: DurationMs): Rule {
  return recorded(facts, ratioRecord(windowMs), `${over(BAD.record, facts, windowMs)}\n/\n(${over(TOTAL.record, facts, windowMs)} > 0)`, {
    sloth_window: promDuration(windowMs),
  });
}

/**
 * The sum of a window's evaluations. Prometheus 2 counts both ends of a range, so that 5 min would hold eleven evaluations
 * of 30 s; Prometheus 3 does not. A range that is shorter by a millisecond holds ten in both.
 */
function over(record: string, { selector }: Facts, windowMs: DurationMs): string {
  return `sum_over_time(${record}${selector}[${promDuration(windowMs - 1)}])`;
}

export function periodGroup(facts: Facts, name: string): Group[] {
  if (windowsOf(facts).includes(facts.periodMs)) return [];
  return [{ name, interval: PERIOD_EVERY, rules: [ratioRule(facts, facts.periodMs)] }];
}

export function metaRules(facts: Facts): Rule[] {
  const { objective, budget, percent } = figuresOf(facts.definition.target);
  const { selector, periodMs } = facts;
  const burn = (windowMs: DurationMs): string =>
    `${ratioRecord(windowMs)}${selector}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio${selector}`;
  const shortest = Math.min(5 * MINUTE_MS, periodMs);
  const info = { sloth_mode: 'nines-export', sloth_objective: percent, sloth_spec: 'nines', sloth_version: 'nines' };
  return [
    recorded(facts, 'slo:objective:ratio', `vector(${objective})`),
    recorded(facts, 'slo:error_budget:ratio', `vector(${budget})`),
    recorded(facts, 'slo:time_period:days', `vector(${days(periodMs)})`),
    recorded(facts, 'slo:current_burn_rate:ratio', burn(shortest)),
    recorded(facts, 'slo:period_burn_rate:ratio', burn(periodMs)),
    recorded(facts, 'slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio${selector}`),
    recorded(facts, 'sloth_slo_info', 'vector(1)', info),
  ];
}

function days(periodMs: DurationMs): string {
  return String(Math.round((periodMs * 1e6) / DAY_MS) / 1e6);
}

const SAID = {
  page: 'burns its error budget so fast that somebody should look now',
  ticket: 'burns its error budget faster than it lasts',
} as const;

export function alertRules(facts: Facts): Rule[] {
  const { links, labels = {} } = facts.definition;
  const link = (name: string, url: string | undefined): Record<string, string> =>
    url === undefined ? {} : { [name]: url.replaceAll('{{', '{{"{{"}}') };
  return (['page', 'ticket'] as const).flatMap((severity) => {
    const pairs = facts.pairs.filter((pair) => pair.severity === severity);
    if (pairs.length === 0) return [];
    const rule: Rule = {
      alert: labels['alertname'] ?? 'ErrorBudgetBurn',
      expr: pairs.map((pair) => `(\n${pairExpression(pair, facts)}\n)`).join('\nor\n'),
      // The series bear their objective already; said again it keeps the linter from taking two objectives' alerts for one.
      labels: { sloth_severity: severity, sloth_id: facts.identity['sloth_id'] ?? '' },
      annotations: {
        title: `(${severity}) {{$labels.sloth_service}} {{$labels.sloth_slo}}: error budget burn`,
        summary: `{{$labels.sloth_service}} {{$labels.sloth_slo}} ${SAID[severity]}.`,
        ...link('runbook_url', links?.runbook),
        ...link('dashboard_url', links?.dashboard),
      },
    };
    return [rule];
  });
}

function pairExpression(pair: BurnPair, facts: Facts): string {
  const bound = `(${factorText(pair.factor)} * ${figuresOf(facts.definition.target).budget})`;
  const above = (windowMs: DurationMs): string => `max(${ratioRecord(windowMs)}${facts.selector} > ${bound}) without (sloth_window)`;
  const least = facts.definition.alerting?.minBadCount ?? 2;
  const gate = `${over(BAD.record, facts, pair.longMs)} >= ${least}`;
  const parts = [above(pair.shortMs), above(pair.longMs), ...(least === 0 ? [] : [gate])];
  return parts.map((part) => `    ${part}`).join('\n    and\n');
}
