import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { HOUR_MS, type Instant, instant, iso, MINUTE_MS, plus, SECOND_MS, shortDuration } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { listServicesByIds, type ServiceRow } from '#modules/catalog/index.ts';
import { readingOf } from '#modules/signals/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import { type PeriodRequest, type SpentInPeriod, spentInPeriod } from '../budget-policy/spent-in-period.ts';
import type { contract, LevelFilter } from '../contract.ts';
import type { ObjectiveView } from '../core/views.ts';
import { computeBudget, levelAt, levelOf, remainingRatio } from '../core/budget/budget.ts';
import { budgetSpent, type Spent } from '../core/budget/spent.ts';
import { type BudgetPolicy, policyLevel, type PolicyLevel } from '../core/budget-policy/policy.ts';
import { STANDARD_POLICY } from '../core/budget-policy/presets.ts';
import { windowBurn } from '../core/burn/burn.ts';
import { CELL_MS, countsBefore, countsOf, type CountsSource } from '../core/counts/counts.ts';
import { asOf, evaluateObjective, isSilent, type ObjectiveStatus, type ObjectiveTerms, SHOWN_WINDOWS } from '../core/evaluate.ts';
import { periodAt } from '../core/window.ts';
import { countGroupAlerts, type GroupAlerts, loadObjective, type ObjectiveRow } from '../store.ts';
import { budgetInstants, objectiveView, remainingAt, trendInstants } from './view-objective.ts';

/** Reads of objectives: rows from the database, figures from this node's counts. */
export interface ObjectiveReader {
  view(db: Db, slug: string, now: Instant): Promise<ObjectiveView>;
  list(db: Db, now: Instant, filter: Filter): Promise<Output<typeof contract.listObjectives>>;
  series(
    db: Db,
    slug: string,
    now: Instant,
    span: { from: Instant; to: Instant; points: number },
  ): Promise<Output<typeof contract.getSeries>>;
  /** Level and remaining budget of the objectives of services, for decisions. */
  standings(db: Db, serviceIds: readonly Id<'svc'>[], now: Instant): Promise<Standing[]>;
  /** The figures of every objective, for scrapes. */
  figures(db: Db, now: Instant): Promise<ObjectiveFigures[]>;
  /** When each service was first observed by any of its objectives; services never observed are missing. */
  observedSince(db: Db, serviceIds: readonly Id<'svc'>[], now: Instant): Promise<Map<string, Instant>>;
  /** What a stretch of time cost each objective of services, against the budget as it stood at the end of it. */
  spent(db: Db, serviceIds: readonly Id<'svc'>[], from: Instant, to: Instant): Promise<SpentOfObjective[]>;
  /** What incidents together spent of the budget that a period, a quarter as a rule, gives each objective. */
  spentInPeriod(db: Db, request: PeriodRequest): Promise<SpentInPeriod[]>;
}

export interface Standing {
  objectiveId: Id<'obj'>;
  slug: string;
  name: string;
  level: ObjectiveStatus['level']['level'];
  remainingRatio: number | null;
  policy: BudgetPolicy;
  /** What that policy says of the level; null for no data. */
  says: PolicyLevel | null;
}

export interface ObjectiveFigures {
  slug: string;
  service: string;
  level: ObjectiveStatus['level']['level'];
  state: ObjectiveStatus['state']['state'];
  remainingRatio: number | null;
  burns: { window: string; rate: number }[];
}

export interface SpentOfObjective {
  objective: { slug: string; name: string };
  ratio: number | null;
  badCount: number;
  because: Because;
  /** The budget's level when the stretch began. */
  levelBefore: ObjectiveStatus['level']['level'];
}

export function createObjectiveReader(book: ObjectiveBook): ObjectiveReader {
  return {
    view: async (db, slug, now) => {
      const objective = await oneOf(db, book, slug, now);
      const terms = book.terms(objective.current);
      const [service] = await listServicesByIds(db, [objective.serviceId]);
      const reading = await readingOf(db, objective.current.indicatorId);
      const alerts = await countGroupAlerts(db, [objective.id]);
      // The figures are taken at once with the counts, so that nothing comes between.
      await book.ready(db, [objective], now, { instants: budgetInstants(terms, trendInstants(terms, now)) });
      return objectiveView({ objective, service, book, now, reading, groupAlerts: alerts.get(objective.id) });
    },
    list: (db, now, filter) => listWorstFirst(db, book, now, filter),
    series: async (db, slug, now, span) => seriesOf(db, book, await oneOf(db, book, slug, now), { ...span, now }),
    standings: async (db, serviceIds, now) => {
      await book.history.refresh(db);
      const { objectives, unreadable } = await book.read(db, now, serviceIds);
      await book.ready(db, objectives, now);
      return [
        ...objectives.map((objective): Standing => {
          const { level, budget } = evaluateObjective(book.terms(objective.current), book.counts(objective), now, objective.evaluation);
          const policy = book.policy(objective.current);
          const says = policyLevel(policy, level.level) ?? null;
          return { ...named(objective), level: level.level, remainingRatio: budget.remainingRatio, policy, says };
        }),
        // Nothing is known of these, which is no reason to allow anything.
        ...unreadable.map(
          ({ row }): Standing => ({ ...named(row), level: 'no_data', remainingRatio: null, policy: STANDARD_POLICY, says: null }),
        ),
      ];
    },
    figures: async (db, now) => figuresOf(db, book, now),
    observedSince: async (db, serviceIds, now) => {
      await book.history.refresh(db);
      const since = new Map<string, Instant>();
      for (const objective of await book.list(db, now, serviceIds)) {
        const first = book.raw(objective.current).firstAt();
        if (first !== null && first < (since.get(objective.serviceId) ?? Number.POSITIVE_INFINITY)) since.set(objective.serviceId, first);
      }
      return since;
    },
    spent: async (db, serviceIds, from, to) => {
      const objectives = await book.list(db, to, serviceIds);
      const instants = objectives.flatMap((objective) => budgetInstants(book.terms(objective.current), [from, to]));
      const countsOfObjective = await book.past(db, objectives, to, instants);
      return objectives.map((objective) => spentOf(book.terms(objective.current), objective, countsOfObjective(objective), { from, to }));
    },
    spentInPeriod: (db, request) => spentInPeriod(db, book, request),
  };
}

function named({ id, slug, name }: ObjectiveRow): Pick<Standing, 'objectiveId' | 'slug' | 'name'> {
  return { objectiveId: id, slug, name };
}

/** The one objective of this name, with its versions. */
export async function oneOf(db: Db, book: ObjectiveBook, slug: string, now: Instant): Promise<Objective> {
  const row = await loadObjective(db, slug);
  const { objectives, unreadable } = await book.read(db, now, [row.serviceId]);
  const found = objectives.find((objective) => objective.id === row.id);
  if (found !== undefined) return found;
  const fault = unreadable.find((one) => one.row.id === row.id);
  if (fault !== undefined) throw new AppError('conflict', `objective ${slug} cannot be read: ${fault.reason}`);
  // It was deleted, or moved to another service, in this very moment.
  throw new AppError('not_found', `there is no objective ${slug}`, { facts: { objective: slug } });
}

function spentOf(
  terms: ObjectiveTerms,
  objective: Objective,
  source: CountsSource,
  { from, to }: Record<'from' | 'to', Instant>,
): SpentOfObjective {
  const period = periodAt(terms.window, to);
  const budget = computeBudget({
    counts: countsOf(source, period.from, to),
    target: terms.target,
    periodMs: period.to - period.from,
    gaps: terms.gaps,
  });
  return {
    objective: { slug: objective.slug, name: objective.name },
    levelBefore: levelOf(remainingAt(terms, source, from), terms.levels).level,
    ...(budgetSpent(source, from, to, budget) satisfies Spent),
  };
}

async function figuresOf(db: Db, book: ObjectiveBook, now: Instant): Promise<ObjectiveFigures[]> {
  const objectives = await book.list(db, now);
  const services = new Map(
    (await listServicesByIds(db, [...new Set(objectives.map((one) => one.serviceId))])).map((found) => [found.id, found.slug]),
  );
  await book.ready(db, objectives, now);
  return objectives.map((objective) => {
    const terms = book.terms(objective.current);
    const source = book.counts(objective);
    const at = asOf(source, now, terms.intervalMs);
    return {
      slug: objective.slug,
      service: services.get(objective.serviceId) ?? '',
      level: objective.evaluation.level,
      state: objective.evaluation.state,
      remainingRatio: remainingNow(book, objective, now),
      burns: SHOWN_WINDOWS.map((windowMs) => ({
        window: shortDuration(windowMs),
        rate: windowBurn(countsBefore(source, at, windowMs), terms.target, terms.gaps).rate,
      })),
    };
  });
}

export interface Filter {
  limit: number;
  after?: string | undefined;
  service?: string | undefined;
  /** Words in its name, slug or service's name, whatever their case. */
  find?: string | undefined;
  level?: LevelFilter | undefined;
}

/** Worst first is an order of this moment: a number for each objective, words only for those of the page. */
async function listWorstFirst(
  db: Db,
  book: ObjectiveBook,
  now: Instant,
  { limit, after, ...wanted }: Filter,
): Promise<Output<typeof contract.listObjectives>> {
  const all = await book.list(db, now);
  const services = new Map((await listServicesByIds(db, [...new Set(all.map((one) => one.serviceId))])).map((found) => [found.id, found]));
  const chosen = all.filter((one) => isNamed(one, services.get(one.serviceId), wanted));
  const alerts = await countGroupAlerts(
    db,
    chosen.filter(({ current }) => current.definition.alerting.groups === 'any').map(({ id }) => id),
  );
  await book.ready(db, chosen, now);
  const ranked = chosen
    .map((objective) => ({ objective, slug: objective.slug, left: remainingNow(book, objective, now) }))
    .filter(({ objective, left }) => isAt(book, objective, wanted.level, { left, groups: alerts.get(objective.id), now }))
    .map((one) => ({ ...one, left: one.left ?? UNKNOWN_LAST }))
    .sort(worseFirst);
  const shown = restOf(ranked, after).slice(0, limit + 1);
  const objectives = shown.map(({ objective }) => objective);
  const instants = objectives.flatMap((objective) => {
    const terms = book.terms(objective.current);
    return budgetInstants(terms, trendInstants(terms, now));
  });
  await book.ready(db, objectives, now, { instants });
  return keysetPage(
    shown,
    limit,
    ({ left, slug }) => [String(left), slug],
    ({ objective }) =>
      objectiveView({
        objective,
        service: services.get(objective.serviceId),
        book,
        now,
        isList: true,
        groupAlerts: alerts.get(objective.id),
      }),
  );
}

/** Unknown budgets come after everything that is known to be bad. */
const UNKNOWN_LAST = 2;

interface Rank {
  left: number;
  slug: string;
}

function worseFirst(a: Rank, b: Rank): number {
  return a.left - b.left || (a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0);
}

/** Goes on behind the last that was shown, wherever it stands now; where it is gone, behind where it stood. */
function restOf<R extends Rank>(ranked: readonly R[], after: string | undefined): readonly R[] {
  const [left, slug] = keysetAfter(after, 2);
  if (left === undefined || slug === undefined) return ranked;
  const last = ranked.findIndex((one) => one.slug === slug);
  return last === -1 ? ranked.filter((one) => worseFirst(one, { left: Number(left), slug }) > 0) : ranked.slice(last + 1);
}

function isNamed(
  { slug, name }: Objective,
  service: ServiceRow | undefined,
  { service: wanted, find }: Pick<Filter, 'service' | 'find'>,
): boolean {
  if (wanted !== undefined && service?.slug !== wanted) return false;
  return find === undefined || `${name} ${slug} ${service?.name ?? ''}`.toLowerCase().includes(find.toLowerCase());
}

/** What an objective is found by: the level of its budget, and what goes on now. A budget that is known is no news of one that is silent. */
function isAt(
  book: ObjectiveBook,
  objective: Objective,
  wanted: LevelFilter | undefined,
  { left, groups, now }: { left: number | null; groups: GroupAlerts | undefined; now: Instant },
): boolean {
  if (wanted === undefined) return true;
  const terms = book.terms(objective.current);
  if (wanted === 'burning') return objective.evaluation.page !== null || (groups?.paging ?? 0) > 0;
  return levelAt(left, terms.levels) === wanted || (wanted === 'no_data' && isSilent(terms, book.counts(objective), now));
}

function remainingNow(book: ObjectiveBook, objective: Objective, now: Instant): number | null {
  const terms = book.terms(objective.current);
  const source = book.counts(objective);
  const at = asOf(source, now, terms.intervalMs);
  const { from, to } = periodAt(terms.window, at);
  const facts = { counts: countsOf(source, from, at), target: terms.target, periodMs: to - from, gaps: terms.gaps };
  return remainingRatio(facts);
}

const SHORT_MS = 5 * MINUTE_MS;

interface Span {
  from: Instant;
  to: Instant;
  points: number;
  now: Instant;
}

async function seriesOf(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { from, to, points, now }: Span,
): Promise<Output<typeof contract.getSeries>> {
  const stepMs = Math.max(CELL_MS, Math.ceil((to - from) / points / CELL_MS) * CELL_MS);
  const ends: Instant[] = [];
  for (let at = plus(from, stepMs); at <= to + stepMs / 2; at = plus(at, stepMs)) ends.push(at);
  const terms = book.terms(objective.current);
  const edges = ends.flatMap((at) => [plus(at, -stepMs), plus(at, -HOUR_MS), plus(at, -SHORT_MS)]);
  const sourceOf = await book.past(db, [objective], now, [...edges, ...budgetInstants(terms, ends)]);
  const source = sourceOf(objective);
  const rate = (at: Instant, windowMs: number): number => windowBurn(countsBefore(source, at, windowMs), terms.target, terms.gaps).rate;
  return {
    stepSeconds: stepMs / SECOND_MS,
    points: ends.map((at) => {
      const counts = countsOf(source, instant(at - stepMs), at);
      return {
        at: iso(at),
        badCount: counts.bad,
        validCount: counts.valid,
        coverageRatio: counts.observedMs / stepMs,
        remainingRatio: remainingAt(terms, source, at),
        burn1h: rate(at, HOUR_MS),
        burn5m: rate(at, SHORT_MS),
      };
    }),
  };
}
