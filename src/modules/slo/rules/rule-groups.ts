import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import type { BurnPair } from '../core/policy.ts';
import type { DefinitionInput } from '../openslo/definition.ts';
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

/** Rates of all and of bad events over the base window. */
export interface Events {
  total: string;
  bad: string;
}

export const EVALUATION_MS = 30 * SECOND_MS;
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
  baseMs: DurationMs;
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

const badRecord = ({ baseMs }: Facts): string => `slo:sli_bad:rate${promDuration(baseMs)}`;
const totalRecord = ({ baseMs }: Facts): string => `slo:sli_total:rate${promDuration(baseMs)}`;
const ratioRecord = (windowMs: DurationMs): string => `slo:sli_error:ratio_rate${promDuration(windowMs)}`;

function recorded(facts: Facts, record: string, expr: string, more: Record<string, string> = {}): Rule {
  return { record, expr, labels: { ...facts.own, ...facts.identity, ...more } };
}

function windowsOf({ pairs, periodMs }: Facts): DurationMs[] {
  const drawn = DRAWN.filter((windowMs) => windowMs <= periodMs);
  return [...new Set([...drawn, ...pairs.flatMap((pair) => [pair.longMs, pair.shortMs])])].sort((a, b) => a - b);
}

export function sliRules(facts: Facts, events: Events): Rule[] {
  return [
    recorded(facts, totalRecord(facts), events.total),
    recorded(facts, badRecord(facts), events.bad),
    ...windowsOf(facts).map((windowMs) => ratioRule(facts, windowMs)),
  ];
}

/** Bad among all events of a window: absent where there was none, as `> 0` lets nothing be divided by zero. */
function ratioRule(facts: Facts, windowMs: DurationMs): Rule {
  const window = promDuration(windowMs);
  const over = (record: string): string => `sum_over_time(${record}${facts.selector}[${window}])`;
  return recorded(facts, ratioRecord(windowMs), `${over(badRecord(facts))}\n/\n(${over(totalRecord(facts))} > 0)`, {
    sloth_window: window,
  });
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
  // A sum over evaluations rather than a mean over the window: where the rules are younger than the window, a mean would
  // stretch one failure into many.
  const counted = `sum_over_time(${badRecord(facts)}${facts.selector}[${promDuration(pair.longMs)}])`;
  const gate = `${counted} * ${EVALUATION_MS / SECOND_MS} >= ${least}`;
  const parts = [above(pair.shortMs), above(pair.longMs), ...(least === 0 ? [] : [gate])];
  return parts.map((part) => `    ${part}`).join('\n    and\n');
}
