import type { Id } from '#kernel/ids.ts';
import { DAY_MS, floorTo, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { type CountsHistory, readSums } from '#modules/signals/index.ts';
import type { Db } from '#platform/verb.ts';
import { type BudgetPolicies, BudgetPolicyShelf, governingPolicy } from './budget-policy/policies.ts';
import { listOpenReviews, type OpenReview } from './budget-policy/review-store.ts';
import { listActiveCorrections } from './corrections/correction-store.ts';
import { NO_CORRECTIONS, type ReadCorrections, readCorrections } from './corrections/read-corrections.ts';
import { ObjectiveDefinition } from './contract.ts';
import {
  CELL_MS,
  type CorrectionSpan,
  type CountsSource,
  createCounts,
  instantsOfSpans,
  spansBetween,
  type SumsSource,
} from './core/counts/counts.ts';
import type { BudgetPolicy } from './core/budget-policy/policy.ts';
import { STANDARD_POLICY } from './core/budget-policy/presets.ts';
import { instantsOf, type ObjectiveTerms } from './core/evaluate.ts';
import { periodAt } from './core/window.ts';
import { findVersions, listObjectives, type ObjectiveRow, type VersionRow } from './store.ts';

/** One version of an objective, read once. */
export interface Version {
  number: number;
  definition: ObjectiveDefinition;
  indicatorId: Id<'ind'>;
  createdAt: Instant;
  governsSince: Instant | null;
}

/** An objective as its version of now judges it. */
export interface Objective extends ObjectiveRow {
  current: Version;
  /** The latest edit, where it does not govern yet. */
  pending: Version | null;
  spans: readonly CorrectionSpan[];
  /** Corrections that count and that this program cannot read; they correct nothing. */
  unreadableCorrections: number;
  /** Reviews that it owes. */
  reviews: readonly OpenReview[];
}

/**
 * Objectives, their versions and corrections in this node's memory, and their counts as they are judged. A version never
 * changes once written, so it is parsed once; what corrections come to is worked out once a day and change.
 */
export interface ObjectiveBook {
  readonly history: CountsHistory;
  list(db: Db, now: Instant, serviceIds?: readonly string[]): Promise<Objective[]>;
  /** All, those that cannot be read apart. */
  read(db: Db, now: Instant, serviceIds?: readonly string[]): Promise<{ objectives: Objective[]; unreadable: Unreadable[] }>;
  /** Why the counts of a version cannot be read, where they cannot: it is then not judged. */
  fault(version: Version): string | null;
  /** The error-budget policy that a version's levels come from, as last read. */
  policy(version: Version): BudgetPolicy;
  /** What the sum of all is judged by: no burn pairs where its groups are alerted on one by one. */
  terms(version: Version): ObjectiveTerms;
  /** What one group is judged by: its burn alone. */
  groupTerms(version: Version): ObjectiveTerms;
  /** The counts of a version, corrected, or as they were counted. */
  counts(objective: Objective, version?: Version, group?: string): CountsSource;
  raw(version: Version, group?: string): CountsSource;
  /** Their corrected counts between these instants, however long ago: from memory as far as it reaches, else from the rows that are kept. Ready until the next await. */
  past(
    db: Db,
    objectives: readonly Objective[],
    now: Instant,
    instants: readonly Instant[],
  ): Promise<(objective: Objective) => CountsSource>;
  /** Makes all of these objectives ready to be evaluated at `now`, and to be asked for other instants too. */
  ready(db: Db, objectives: readonly Objective[], now: Instant, options?: ReadyOptions): Promise<void>;
}

export interface Unreadable {
  row: ObjectiveRow;
  reason: string;
}

export interface ReadyOptions {
  /** Groups too: of objectives that are alerted on by group, or of all. */
  groups?: 'alerting' | 'all';
  /** Other instants. */
  instants?: readonly Instant[];
}

const NOTHING: SumsSource = {
  sumsAt: (_at, into) => Object.assign(into, { good: 0, bad: 0, observed: 0 }),
  firstAt: () => null,
  lastEnd: () => null,
  revision: () => 0,
  stamp: () => 0,
};

export function createObjectiveBook(history: CountsHistory): ObjectiveBook {
  return new Book(history);
}

class Book implements ObjectiveBook {
  readonly history: CountsHistory;
  private readonly versions = new Map<string, Version>();
  /** Why objectives cannot be read, by their id. */
  private readonly faults = new Map<string, string>();
  private readonly shelf = new BudgetPolicyShelf();
  private readonly policyOf = new WeakMap<Version, BudgetPolicy>();
  private readonly termsOf = new WeakMap<Version, ObjectiveTerms>();
  private readonly sharedTerms = new Map<string, ObjectiveTerms>();
  private readonly groupTermsOf = new WeakMap<Version, { terms: ObjectiveTerms; own: ObjectiveTerms }>();
  private corrections: { key: string; byObjective: Map<string, ReadCorrections> } = { key: '', byObjective: new Map() };
  private readonly sources = new WeakMap<object, { spans: readonly CorrectionSpan[]; source: CountsSource }>();
  private readonly plain = new WeakMap<object, CountsSource>();

  constructor(history: CountsHistory) {
    this.history = history;
  }

  async list(db: Db, now: Instant, serviceIds?: readonly string[]): Promise<Objective[]> {
    return (await this.read(db, now, serviceIds)).objectives;
  }

  async read(db: Db, now: Instant, serviceIds?: readonly string[]): Promise<{ objectives: Objective[]; unreadable: Unreadable[] }> {
    const rows = await listObjectives(db, serviceIds);
    await this.readVersions(db, rows);
    const corrections = await this.readCorrections(db, now);
    const policies = await this.shelf.read(db);
    const reviews = Map.groupBy(await listOpenReviews(db), (review) => review.objectiveId);
    const unreadable: Unreadable[] = [];
    const objectives = rows.flatMap((row) => {
      const current = this.versions.get(`${row.id}/${row.governing}`);
      const fault = current === undefined ? (this.faults.get(row.id) ?? `it has no version ${row.governing}`) : this.fault(current);
      if (fault !== null) unreadable.push({ row, reason: fault });
      if (current === undefined || fault !== null) return [];
      const latest = row.version === row.governing ? undefined : this.versions.get(`${row.id}/${row.version}`);
      const pending = latest === undefined || this.fault(latest) !== null ? null : latest;
      this.givePolicy(policies, row, current, pending);
      const { spans, unreadable: unreadableCorrections } = corrections.get(row.id) ?? NO_CORRECTIONS;
      return [{ ...row, current, pending, spans, unreadableCorrections, reviews: reviews.get(row.id) ?? [] }];
    });
    return { objectives, unreadable };
  }

  fault({ indicatorId }: Version): string | null {
    const fault = this.history.fault(indicatorId);
    return fault === null ? null : `its counts cannot be read: ${fault}`;
  }

  policy(version: Version): BudgetPolicy {
    return this.policyOf.get(version) ?? STANDARD_POLICY;
  }

  terms(version: Version): ObjectiveTerms {
    const levels = this.shelf.boundsOf(this.policy(version));
    const intervalMs = this.history.intervalMs(version.indicatorId);
    const known = this.termsOf.get(version);
    if (known !== undefined && known.intervalMs === intervalMs && known.levels === levels) return known;
    const { target, window, gaps, alerting } = version.definition;
    const own = alerting.groups === 'any' ? { ...alerting, preset: 'none' as const, pairs: undefined } : alerting;
    const scrapeMs = scrapeMsOf(version.definition.indicator);
    const terms = this.share({ target, window, gaps, alerting: own, levels, scrapeMs, intervalMs });
    this.termsOf.set(version, terms);
    return terms;
  }

  /** Equal terms are one object: thousands of objectives are judged by a few, and what follows from those is worked out once. */
  private share(terms: ObjectiveTerms): ObjectiveTerms {
    const key = JSON.stringify(terms);
    const known = this.sharedTerms.get(key);
    if (known?.levels === terms.levels) return known;
    if (this.sharedTerms.size >= TERMS_SHARED) this.sharedTerms.clear();
    this.sharedTerms.set(key, terms);
    return terms;
  }

  groupTerms(version: Version): ObjectiveTerms {
    const terms = this.terms(version);
    const known = this.groupTermsOf.get(version);
    if (known?.terms === terms) return known.own;
    const alerting = { ...version.definition.alerting, exhausted: false, exhaustsWithin: undefined, noDataAfter: null };
    const own = this.share({ ...terms, alerting });
    this.groupTermsOf.set(version, { terms, own });
    return own;
  }

  counts(objective: Objective, version: Version = objective.current, group = ''): CountsSource {
    const ring = this.history.ring(version.indicatorId, group) ?? NOTHING;
    if (objective.spans.length === 0) return this.raw(version, group);
    const known = this.sources.get(ring);
    if (known !== undefined && known.spans === objective.spans) return known.source;
    const source = createCounts(ring, objective.spans);
    if (ring !== NOTHING) this.sources.set(ring, { spans: objective.spans, source });
    return source;
  }

  raw(version: Version, group = ''): CountsSource {
    const ring = this.history.ring(version.indicatorId, group) ?? NOTHING;
    const known = this.plain.get(ring) ?? createCounts(ring);
    this.plain.set(ring, known);
    return known;
  }

  async past(
    db: Db,
    objectives: readonly Objective[],
    now: Instant,
    instants: readonly Instant[],
  ): Promise<(objective: Objective) => CountsSource> {
    const [low, high] = [instant(Math.min(...instants)), instant(Math.max(...instants))];
    await this.history.refresh(db);
    const old = objectives.filter(({ current }) => {
      const ring = this.history.ring(current.indicatorId);
      const first = ring?.firstAt() ?? null;
      return ring !== undefined && first !== null && ring.start() > Math.max(low, first);
    });
    const spans = old.map((objective) => spansBetween(objective.spans, low, high));
    const kept = await readSums(
      db,
      old.map(({ current: { indicatorId } }, i) => ({ indicatorId, instants: [...instants, ...instantsOfSpans(spans[i] ?? [])] })),
    );
    const sources = new Map(old.map(({ id }, i) => [id, createCounts(kept[i] ?? NOTHING, spans[i])]));
    await this.ready(db, objectives, now, { instants });
    return (objective) => sources.get(objective.id) ?? this.counts(objective);
  }

  async ready(db: Db, objectives: readonly Objective[], now: Instant, { groups, instants = [] }: ReadyOptions = {}): Promise<void> {
    const asks = () =>
      objectives.flatMap((objective) =>
        [objective.current, objective.pending].flatMap((version) => {
          if (version === null) return [];
          const keys =
            groups === 'all' || (groups === 'alerting' && version.definition.alerting.groups === 'any')
              ? ['', ...this.history.groups(version.indicatorId)]
              : [''];
          return keys.map((group) => ({
            indicatorId: version.indicatorId,
            group,
            instants: [...this.asked(objective, version, group, now), ...instants],
          }));
        }),
      );
    await this.history.ready(db, asks);
  }

  private givePolicy(policies: BudgetPolicies, { serviceId }: ObjectiveRow, ...versions: (Version | null)[]): void {
    for (const version of versions)
      if (version !== null) this.policyOf.set(version, governingPolicy(policies, version.definition.policy, serviceId));
  }

  private asked(objective: Objective, version: Version, group: string, now: Instant): Instant[] {
    const terms = group === '' ? this.terms(version) : this.groupTerms(version);
    return [...instantsOf(terms, this.raw(version, group), now), ...instantsOfSpans(objective.spans)];
  }

  private async readVersions(db: Db, rows: readonly ObjectiveRow[]): Promise<void> {
    const asked = rows.flatMap((row) =>
      [...new Set([row.governing, row.version])]
        .filter((number) => !this.versions.has(`${row.id}/${number}`))
        .map((number) => ({ objectiveId: row.id, number })),
    );
    for (const row of await findVersions(db, asked)) {
      const version = tryVersion(row);
      if (version === null) {
        this.faults.set(row.objectiveId, `version ${row.number} cannot be read: was it written by a newer Nines?`);
        continue;
      }
      this.versions.set(`${row.objectiveId}/${row.number}`, version);
      const { from, to } = periodAt(version.definition.window, row.createdAt);
      this.history.want(version.indicatorId, to - from + REACH_SLACK_MS);
    }
  }

  private async readCorrections(db: Db, now: Instant): Promise<Map<string, ReadCorrections>> {
    const rows = await listActiveCorrections(db);
    const key = `${floorTo(now, DAY_MS)} ${rows.map((row) => `${row.id}/${row.version}`).join(' ')}`;
    if (key === this.corrections.key) return this.corrections.byObjective;
    const grouped = Map.groupBy(rows, (row) => row.objectiveId);
    const byObjective = new Map([...grouped].map(([objectiveId, own]) => [objectiveId, readCorrections(own, now)]));
    this.corrections = { key, byObjective };
    return byObjective;
  }
}

/** Terms that nobody has any more go with all the others when there are so many; those in use come back by themselves. */
const TERMS_SHARED = 10_000;

/** How often an indicator's source is read, or may tell: by the step for what is polled, by the cell for what is pushed. */
export function scrapeMsOf(indicator: { kind?: unknown }): number {
  return indicator.kind === 'prometheus' || indicator.kind === 'promql' ? POLL_STEP_MS : CELL_MS;
}

const POLL_STEP_MS = 30 * SECOND_MS;

/** A calendar period may be three days longer than the one at hand. */
const REACH_SLACK_MS = 4 * DAY_MS;

/** A definition that this program cannot read, as one of a newer program, must not keep others from being judged, nor itself from being mended. */
export function tryVersion(row: VersionRow): Version | null {
  const definition = ObjectiveDefinition.safeParse(row.definition);
  const { number, indicatorId, createdAt, governsSince } = row;
  return definition.success ? { number, indicatorId, createdAt, governsSince, definition: definition.data } : null;
}
