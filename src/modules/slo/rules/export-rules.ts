import { stringify } from 'yaml';
import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, parseDuration, SECOND_MS } from '#kernel/instant.ts';
import { canonicalDefinition, type DefinitionInput, type ObjectiveDocument } from '../openslo/definition.ts';
import { EVALUATION_MS, eventsOf, type NotCountedCode } from './counted.ts';
import { pairsOf, promDuration } from './pairs.ts';
import { alertRules, braces, type Facts, type Group, metaRules, periodGroup, sliRules } from './rule-groups.ts';

/**
 * Recording and alerting rules that say in Prometheus what Nines says of an objective, under the names and labels that
 * Sloth uses, so that dashboards and routes made for Sloth go on working.
 *
 * What differs is what is recorded: how many bad events and how many in all each 30 s held, from which every window is
 * summed up. Each event is in one evaluation's count and in no other, so an alert fires and ends at the evaluation at which
 * adding up by hand would have it. A window is weighed by events; an idle stretch leaves a gap and never a NaN; a series of
 * errors that begins with the first error counts as 0 before it; and the long ranges are read from two series rather than
 * from all. The alerts wait for nothing (no `for`), have their pairs joined by `or`, and ask for a least number of bad
 * events, so that one failure of a quiet service does not page.
 *
 * Samples that come more than 30 s after their time, as by a remote write, need the `query_offset` of Prometheus.
 * Not exported: alerts on silence and on a spent budget, the test for chance, and time that was excluded.
 */
export interface RulesOptions {
  /** How often the counters are scraped, 30 unless given. What they gain is found across three missed scrapes at least. */
  scrapeSeconds?: number;
  /** Wraps the groups of each objective in a PrometheusRule of the Prometheus operator. */
  kubernetes?: boolean;
  namespace?: string;
}

export type NoRulesCode = 'invalid_definition' | NotCountedCode;
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
  const events = eventsOf(definition, (options.scrapeSeconds ?? 30) * SECOND_MS);
  if ('code' in events) return { because: events };
  const periodMs = periodOf(definition.window);
  const { pairs, leftOut } = pairsOf(definition, periodMs);
  const identity = identityOf(slo, definition);
  const facts: Facts = {
    definition,
    identity: identity.labels,
    own: identity.own,
    periodMs,
    pairs,
    selector: braces(identity.labels),
  };
  const id = identity.labels['sloth_id'] ?? slug;
  const groups: Group[] = [
    // Groups are evaluated apart from each other, and the rules of one in their order: alerts in a group of their own would
    // be up to an evaluation late.
    {
      name: `sloth-slo-sli-recordings-${id}`,
      interval: promDuration(EVALUATION_MS),
      rules: [...sliRules(facts, events), ...alertRules(facts)],
    },
    ...periodGroup(facts, `sloth-slo-sli-recordings-period-${id}`),
    { name: `sloth-slo-meta-recordings-${id}`, interval: promDuration(EVALUATION_MS), rules: metaRules(facts) },
  ];
  const notes = [...notesOf(definition, identity.leftOut), ...leftOut.map((one) => because('pair_left_out', one.text, one.facts))];
  if (pairs.length === 0) notes.push(because('no_alerts', 'no pair of windows is left to alert on'));
  return { groups, notes };
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
