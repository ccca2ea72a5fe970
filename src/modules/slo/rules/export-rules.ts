import { stringify } from 'yaml';
import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, MINUTE_MS, parseDuration, SECOND_MS } from '#kernel/instant.ts';
import { canonicalDefinition, type DefinitionInput, type ObjectiveDocument } from '../openslo/definition.ts';
import { pairsOf, promDuration } from './pairs.ts';
import { isPromql, isSelector, usesWindow, withWindow } from './promql.ts';
import { alertRules, braces, EVALUATION_MS, type Events, type Facts, type Group, metaRules, periodGroup, sliRules } from './rule-groups.ts';

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

export function exportRules(documents: readonly ObjectiveDocument[], options: RulesOptions = {}): ExportedRules {
  const result: ExportedRules = { text: '', files: [], notExported: [], notes: [] };
  const all: Group[] = [];
  const taken = new Set(documents.map(({ slug, definition }) => `${definition.service}/${slug}`));
  for (const { slug, definition } of documents) {
    const made = rulesOf({ slug, definition }, sloOf(slug, definition.service, taken), options);
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

function rulesOf(
  { slug, definition: given }: ObjectiveDocument,
  slo: string,
  options: RulesOptions,
): Made | { because: Because<NoRulesCode> } {
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
  const identity = identityOf(slo, definition);
  const facts: Facts = {
    definition,
    identity: identity.labels,
    own: identity.own,
    baseMs,
    periodMs,
    pairs,
    selector: braces(identity.labels),
  };
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
  const events = withBad(total, other, good !== undefined);
  // Bad events of a time whose total is unknown would weigh on the rest.
  return { total, bad: `(${events.bad}) and (${total})` };
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

/** The name beside its service's: Sloth's `paying` of `shop` is imported as `shop-paying`, and goes out as `paying` again. */
function sloOf(slug: string, service: string, taken: ReadonlySet<string>): string {
  const prefix = `${service}-`;
  const short = slug.startsWith(prefix) ? slug.slice(prefix.length) : slug;
  return taken.has(`${service}/${short}`) ? slug : short;
}

function identityOf(slo: string, { service, labels = {} }: DefinitionInput): Identity {
  const isUsable = (name: string): boolean => /^[a-zA-Z][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('sloth_') && name !== 'alertname';
  return {
    labels: { sloth_id: `${service}-${slo}`, sloth_service: service, sloth_slo: slo },
    own: Object.fromEntries(Object.entries(labels).filter(([name, value]) => isUsable(name) && value !== '')),
    leftOut: Object.keys(labels).filter((name) => !isUsable(name) && name !== 'alertname'),
  };
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
