import { stringify } from 'yaml';
import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS, parseDuration, SECOND_MS } from '#kernel/instant.ts';
import { type BurnPair } from '../core/policy.ts';
import { canonicalDefinition, type DefinitionInput, type ObjectiveDocument } from '../openslo/definition.ts';
import { factorText, figuresOf, pairsOf, promDuration } from './pairs.ts';
import { isPromql, isSelector, usesWindow, withWindow } from './promql.ts';

/**
 * Recording and alerting rules that say in Prometheus what Nines says of an objective, under the names and labels that
 * Sloth uses, so that dashboards and routes made for Sloth go on working.
 *
 * What differs is what is recorded: rates of bad and of all events over a short base window, from which every longer
 * window is summed up. So a window is weighed by events; an idle stretch leaves a gap and never a NaN; a series of errors
 * that begins with the first error counts as 0 before it; and the long ranges are read from two series rather than
 * from all. The alerts wait for nothing (no `for`), have their pairs joined by `or`, and ask for a least number of bad
 * events, so that one failure of a quiet service does not page.
 *
 * Not exported: alerts on silence and on a spent budget, the test for chance, and time that was excluded.
 */
export interface RulesOptions {
  /** How often the counters are scraped; the base window is four times that, and 2 min at least. 30 unless given. */
  scrapeSeconds?: number;
  /** Wraps the groups of each objective in a PrometheusRule of the Prometheus operator. */
  kubernetes?: boolean;
  namespace?: string;
}

export type NoRulesCode =
  | 'invalid_definition'
  | 'kind_not_queryable'
  | 'in_slices'
  | 'not_counts'
  | 'not_a_selector'
  | 'not_promql'
  | 'no_window';
export type RuleNoteCode =
  | 'rolling_for_calendar'
  | 'groups_summed'
  | 'rate_for_budget_share'
  | 'labels_left_out'
  | 'pair_left_out'
  | 'no_alerts';

export interface ExportedRules {
  /** All together: one file of groups, or a document for each PrometheusRule. */
  text: string;
  files: { slug: string; text: string }[];
  notExported: { slug: string; because: Because<NoRulesCode> }[];
  /** What the rules say less of than the objective does. */
  notes: { slug: string; because: Because<RuleNoteCode> }[];
}

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

interface Group {
  name: string;
  interval?: string;
  rules: Rule[];
}

const EVALUATION_MS = 30 * SECOND_MS;
/** How often the whole period is summed up again: it moves slowly, and reads the most. */
const PERIOD_EVERY = '5m';
/** Sloth's windows, which dashboards draw whatever the alerts use. */
const DRAWN = [5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS];

export function exportRules(documents: readonly ObjectiveDocument[], options: RulesOptions = {}): ExportedRules {
  const result: ExportedRules = { text: '', files: [], notExported: [], notes: [] };
  const all: Group[] = [];
  for (const { slug, definition } of documents) {
    const made = rulesOf(slug, definition, options);
    if ('because' in made) {
      result.notExported.push({ slug, because: made.because });
      continue;
    }
    result.notes.push(...made.notes.map((note) => ({ slug, because: note })));
    all.push(...made.groups);
    result.files.push({ slug, text: write(options.kubernetes === true ? resource(slug, made.groups, options) : { groups: made.groups }) });
  }
  result.text = options.kubernetes === true ? result.files.map((file) => file.text).join('---\n') : write({ groups: all });
  return result;
}

function write(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function resource(slug: string, groups: Group[], { namespace }: RulesOptions): unknown {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: slug,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { 'app.kubernetes.io/component': 'SLO', 'app.kubernetes.io/managed-by': 'nines' },
    },
    spec: { groups },
  };
}

interface Made {
  groups: Group[];
  notes: Because<RuleNoteCode>[];
}

function rulesOf(slug: string, given: DefinitionInput, options: RulesOptions): Made | { because: Because<NoRulesCode> } {
  const read = canonicalDefinition(given);
  if ('problems' in read) {
    const [first] = read.problems;
    return { because: because('invalid_definition', `${first?.path ?? ''} ${first?.message ?? 'is not valid'}`) };
  }
  const { definition } = read;
  const baseMs = Math.max(2 * MINUTE_MS, 4 * (options.scrapeSeconds ?? 30) * SECOND_MS);
  const events = eventsOf(definition, baseMs);
  if ('code' in events) return { because: events };
  const periodMs = periodOf(definition.window);
  const { pairs, leftOut } = pairsOf(definition, periodMs);
  const identity = identityOf(slug, definition);
  const facts: Facts = { definition, identity, baseMs, periodMs, pairs, selector: braces(identity.labels) };
  const id = identity.labels['sloth_id'] ?? slug;
  const groups: Group[] = [
    { name: `sloth-slo-sli-recordings-${id}`, interval: promDuration(EVALUATION_MS), rules: sliRules(facts, events) },
    ...periodGroup(facts, `sloth-slo-sli-recordings-period-${id}`),
    { name: `sloth-slo-meta-recordings-${id}`, interval: promDuration(EVALUATION_MS), rules: metaRules(facts) },
    { name: `sloth-slo-alerts-${id}`, interval: promDuration(EVALUATION_MS), rules: alertRules(facts) },
  ];
  const notes = [...notesOf(definition, identity.leftOut), ...leftOut.map((one) => because('pair_left_out', one.text, one.facts))];
  if (pairs.length === 0) notes.push(because('no_alerts', 'no pair of windows is left to alert on'));
  return { groups: groups.filter((group) => group.rules.length > 0), notes };
}

interface Events {
  total: string;
  bad: string;
}

/** Rates of all and of bad events over the base window, or why there are none. */
function eventsOf({ indicator }: DefinitionInput, baseMs: DurationMs): Events | Because<NoRulesCode> {
  if (indicator.kind !== 'prometheus' && indicator.kind !== 'promql') {
    return because('kind_not_queryable', `its events are pushed to Nines (${indicator.kind}), and Prometheus does not have them`);
  }
  if (indicator.slices !== undefined) return because('in_slices', 'it counts slices of time, and these rules count events');
  const { valid, good, bad } = indicator;
  const counted = good ?? bad;
  if (valid === undefined || counted === undefined)
    return because('not_counts', 'it gives no counts of events: a histogram, or a ratio alone');
  const base = promDuration(baseMs);
  const queries = [valid, counted];
  if (indicator.kind === 'prometheus') {
    const odd = queries.find((query) => !isSelector(query));
    if (odd !== undefined) return because('not_a_selector', `${odd} is not a selector of series`, { query: odd });
    const [total = '', other = ''] = queries.map((query) => `sum(rate(${query}[${base}]))`);
    return withBad(total, other, good !== undefined);
  }
  const wrong = queries.find((query) => !isPromql(query));
  if (wrong !== undefined) return because('not_promql', `${wrong} is not PromQL`, { query: wrong });
  const fixed = queries.find((query) => !usesWindow(query));
  if (fixed !== undefined)
    return because('no_window', `${fixed} does not say $window, so the length that it counts over is unknown`, { query: fixed });
  // A comparison lets no NaN through; a comment in the query ends with its line.
  const [total = '', other = ''] = queries.map((query) => `(sum(\n${withWindow(query, base)}\n) >= 0) / ${baseMs / SECOND_MS}`);
  return withBad(total, other, good !== undefined);
}

function withBad(total: string, other: string, isGood: boolean): Events {
  const counted = `${other} or 0 * (${total})`;
  return { total, bad: isGood ? `clamp_min(${total} - (${counted}), 0)` : counted };
}

interface Identity {
  /** Sloth's three. */
  labels: Record<string, string>;
  /** The objective's own, where Prometheus allows their names. */
  own: Record<string, string>;
  leftOut: string[];
}

function identityOf(slug: string, { service, labels = {} }: DefinitionInput): Identity {
  const prefix = `${service}-`;
  const slo = slug.startsWith(prefix) ? slug.slice(prefix.length) : slug;
  const isUsable = (name: string): boolean => /^[a-zA-Z][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('sloth_') && name !== 'alertname';
  return {
    labels: { sloth_id: `${service}-${slo}`, sloth_service: service, sloth_slo: slo },
    own: Object.fromEntries(Object.entries(labels).filter(([name, value]) => isUsable(name) && value !== '')),
    leftOut: Object.keys(labels).filter((name) => !isUsable(name) && name !== 'alertname'),
  };
}

interface Facts {
  definition: DefinitionInput;
  identity: Identity;
  baseMs: DurationMs;
  periodMs: DurationMs;
  pairs: readonly BurnPair[];
  selector: string;
}

function braces(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;
}

const badRecord = ({ baseMs }: Facts): string => `slo:sli_bad:rate${promDuration(baseMs)}`;
const totalRecord = ({ baseMs }: Facts): string => `slo:sli_total:rate${promDuration(baseMs)}`;
const ratioRecord = (windowMs: DurationMs): string => `slo:sli_error:ratio_rate${promDuration(windowMs)}`;

function recorded(facts: Facts, record: string, expr: string, more: Record<string, string> = {}): Rule {
  return { record, expr, labels: { ...facts.identity.own, ...facts.identity.labels, ...more } };
}

function windowsOf({ pairs, periodMs }: Facts): DurationMs[] {
  const drawn = DRAWN.filter((windowMs) => windowMs <= periodMs);
  return [...new Set([...drawn, ...pairs.flatMap((pair) => [pair.longMs, pair.shortMs])])].sort((a, b) => a - b);
}

function sliRules(facts: Facts, events: Events): Rule[] {
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

function periodGroup(facts: Facts, name: string): Group[] {
  if (windowsOf(facts).includes(facts.periodMs)) return [];
  return [{ name, interval: PERIOD_EVERY, rules: [ratioRule(facts, facts.periodMs)] }];
}

function metaRules(facts: Facts): Rule[] {
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

function alertRules(facts: Facts): Rule[] {
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
      labels: { sloth_severity: severity, sloth_id: facts.identity.labels['sloth_id'] ?? '' },
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

const NOMINAL_DAYS = { week: 7, month: 30, quarter: 90, year: 365 } as const;

function periodOf(window: DefinitionInput['window'] = '30d'): DurationMs {
  if (typeof window === 'string') return parseDuration(window) ?? 30 * DAY_MS;
  return NOMINAL_DAYS[window.calendar] * DAY_MS;
}

function notesOf({ window, alerting, indicator }: DefinitionInput, leftOut: readonly string[]): Because<RuleNoteCode>[] {
  const notes: Because<RuleNoteCode>[] = [];
  if (typeof window === 'object') {
    const length = NOMINAL_DAYS[window.calendar];
    notes.push(
      because('rolling_for_calendar', `Prometheus knows no calendar: the budget is that of the last ${length} days`, { days: length }),
    );
  }
  if ((indicator.groupBy ?? []).length > 0) notes.push(because('groups_summed', 'all groups are summed; none is judged by itself'));
  if (alerting?.mode === 'budget_share') {
    notes.push(because('rate_for_budget_share', 'pairs compare rates, not shares of the whole period’s budget'));
  }
  if (leftOut.length > 0) notes.push(because('labels_left_out', `Prometheus does not allow these label names: ${leftOut.join(', ')}`));
  return notes;
}
