import type { Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, iso, isoOrNull, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { listServicesByIds, type ServiceRow } from '#modules/catalog/index.ts';
import { loadIndicator } from '#modules/signals/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { CountsCache } from './counts-cache.ts';
import type { contract, ObjectiveView } from './contract.ts';
import { computeBudget, levelOf } from './core/budget.ts';
import { windowBurn } from './core/burn.ts';
import { type CountsEngine, countsBefore } from './core/counts.ts';
import { evaluateObjective, type ObjectiveStatus } from './core/evaluate.ts';
import { budgetSpent, type Spent } from './core/spent.ts';
import { listObjectives, loadObjective, type ObjectiveRow } from './store.ts';

/** Reads of objectives: rows from the database, figures from this node's counts. */
export interface ObjectiveReader {
  view(db: Db, slug: string, now: Instant): Promise<ObjectiveView>;
  list(
    db: Db,
    now: Instant,
    filter: { limit: number; after?: string | undefined; service?: string | undefined },
  ): Promise<Output<typeof contract.listObjectives>>;
  series(db: Db, slug: string, span: { from: Instant; to: Instant; points: number }): Promise<Output<typeof contract.getSeries>>;
  /** Level and remaining budget of the objectives of services, for decisions. */
  standings(db: Db, serviceIds: readonly Id<'svc'>[], now: Instant): Promise<Standing[]>;
  /** When each service was first observed by any of its objectives; services never observed are missing. */
  observedSince(db: Db, serviceIds: readonly Id<'svc'>[]): Promise<Map<string, Instant>>;
  /** What a stretch of time cost each objective of services, against the budget as it stood at the end of it. */
  spent(db: Db, serviceIds: readonly Id<'svc'>[], from: Instant, to: Instant): Promise<SpentOfObjective[]>;
}

export interface Standing {
  slug: string;
  name: string;
  level: ObjectiveStatus['level']['level'];
  remainingRatio: number | null;
}

export interface SpentOfObjective {
  objective: { slug: string; name: string };
  ratio: number | null;
  badCount: number;
  because: Because;
  /** The budget's level when the stretch began. */
  levelBefore: ObjectiveStatus['level']['level'];
}

export function createObjectiveReader(cache: CountsCache): ObjectiveReader {
  const statusOf = (row: ObjectiveRow, now: Instant): ObjectiveStatus =>
    evaluateObjective(row, cache.of(row.indicatorId), now, row.evaluation);
  return {
    view: async (db, slug, now) => {
      await cache.refresh(db);
      const row = await loadObjective(db, slug);
      const [service] = await listServicesByIds(db, [row.serviceId]);
      const { definition } = await loadIndicator(db, row.indicatorId);
      return objectiveView({ row, service, indicator: definition, status: statusOf(row, now), engine: cache.of(row.indicatorId), now });
    },
    list: async (db, now, { limit, after, service }) => {
      await cache.refresh(db);
      const rows = await listObjectives(db);
      const services = new Map(
        (await listServicesByIds(db, [...new Set(rows.map((row) => row.serviceId))])).map((found) => [found.id, found]),
      );
      const ranked = rows
        .filter((row) => service === undefined || services.get(row.serviceId)?.slug === service)
        .map((row) => ({ row, status: statusOf(row, now) }))
        .sort((a, b) => left(a.status) - left(b.status) || (a.row.slug < b.row.slug ? -1 : 1));
      // Worst first is an order of this moment, so the cursor is the last slug shown, found again in it.
      const [last] = keysetAfter(after, 1);
      const rest = last === undefined ? ranked : ranked.slice(ranked.findIndex(({ row }) => row.slug === last) + 1);
      return keysetPage(
        rest.slice(0, limit + 1),
        limit,
        ({ row }) => [row.slug],
        ({ row, status }) =>
          objectiveView({ row, service: services.get(row.serviceId), indicator: null, status, engine: cache.of(row.indicatorId), now }),
      );
    },
    series: async (db, slug, span) => {
      await cache.refresh(db);
      const row = await loadObjective(db, slug);
      return seriesOf(row, cache.of(row.indicatorId), span);
    },
    standings: async (db, serviceIds, now) => {
      await cache.refresh(db);
      return (await listObjectives(db, serviceIds)).map((row) => {
        const { level, budget } = statusOf(row, now);
        return { slug: row.slug, name: row.name, level: level.level, remainingRatio: budget.remainingRatio };
      });
    },
    observedSince: async (db, serviceIds) => {
      await cache.refresh(db);
      const since = new Map<string, Instant>();
      for (const row of await listObjectives(db, serviceIds)) {
        const first = cache.of(row.indicatorId).firstAt();
        if (first !== null && first < (since.get(row.serviceId) ?? Number.POSITIVE_INFINITY)) since.set(row.serviceId, first);
      }
      return since;
    },
    spent: async (db, serviceIds, from, to) => {
      await cache.refresh(db);
      return (await listObjectives(db, serviceIds)).map((row) => {
        const engine = cache.of(row.indicatorId);
        const budget = computeBudget({ counts: countsBefore(engine, to, row.windowMs), target: row.target, windowMs: row.windowMs });
        const before = remainingAt(row, engine, from);
        return {
          objective: { slug: row.slug, name: row.name },
          levelBefore: levelOf(before).level,
          ...(budgetSpent(engine, from, to, budget) satisfies Spent),
        };
      });
    },
  };
}

/** Unknown budgets come after everything that is known to be bad. */
function left(status: ObjectiveStatus): number {
  return status.budget.remainingRatio ?? 2;
}

interface ViewParts {
  row: ObjectiveRow;
  service: ServiceRow | undefined;
  indicator: unknown;
  status: ObjectiveStatus;
  engine: CountsEngine;
  now: Instant;
}

function objectiveView({ row, service, indicator, status, engine, now }: ViewParts): ObjectiveView {
  const { verdict, budget, level, exhaustion } = status;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    service: { slug: service?.slug ?? '', name: service?.name ?? '', tier: service?.tier ?? 4 },
    target: row.target,
    window: row.windowText,
    indicator,
    links: row.links,
    version: row.version,
    createdAt: iso(row.createdAt),
    budget,
    burn: verdict.windows.map((window) => ({
      window: shortDuration(window.windowMs),
      seconds: window.windowMs / SECOND_MS,
      rate: window.rate,
      badCount: window.badCount,
      validCount: window.validCount,
      coverageRatio: window.coverageRatio,
    })),
    pairs: verdict.pairs.map(({ pair, long, short, verdict: decided, because }) => ({
      severity: pair.severity,
      urgency: pair.urgency,
      factor: pair.factor,
      long: shortDuration(pair.longMs),
      short: shortDuration(pair.shortMs),
      longRate: long.rate,
      shortRate: short.rate,
      verdict: decided,
      because,
    })),
    level: level.level,
    levelBecause: level.because,
    state: verdict.objective.state,
    stateBecause: verdict.objective.because,
    exhaustsInSeconds: exhaustion.inMs === null ? null : Math.round(exhaustion.inMs / SECOND_MS),
    lastObservedAt: isoOrNull(engine.lastObservedAt()),
    firstObservedAt: isoOrNull(engine.firstAt()),
    trend: trendOf(row, engine, now),
  };
}

/** `5m`, `6h`, `3d`: as windows are written in definitions. */
function shortDuration(lengthMs: number): string {
  if (lengthMs % DAY_MS === 0) return `${lengthMs / DAY_MS}d`;
  return lengthMs % HOUR_MS === 0 ? `${lengthMs / HOUR_MS}h` : `${lengthMs / MINUTE_MS}m`;
}

const TREND_POINTS = 30;

function trendOf(row: ObjectiveRow, engine: CountsEngine, now: Instant): (number | null)[] {
  return Array.from({ length: TREND_POINTS }, (_, i) =>
    remainingAt(row, engine, plus(now, ((i + 1 - TREND_POINTS) * row.windowMs) / TREND_POINTS)),
  );
}

function remainingAt(row: ObjectiveRow, engine: CountsEngine, at: Instant): number | null {
  return computeBudget({ counts: countsBefore(engine, at, row.windowMs), target: row.target, windowMs: row.windowMs }).remainingRatio;
}

function seriesOf(
  row: ObjectiveRow,
  engine: CountsEngine,
  span: { from: Instant; to: Instant; points: number },
): Output<typeof contract.getSeries> {
  const stepMs = Math.max(10 * SECOND_MS, Math.ceil((span.to - span.from) / span.points / (10 * SECOND_MS)) * 10 * SECOND_MS);
  const points = [];
  for (let at = plus(span.from, stepMs); at <= span.to + stepMs / 2; at = plus(at, stepMs)) {
    const counts = engine.counts(instant(at - stepMs), at);
    points.push({
      at: iso(at),
      badCount: counts.bad,
      validCount: counts.valid,
      coverageRatio: counts.observedMs / stepMs,
      remainingRatio: remainingAt(row, engine, at),
      burn1h: windowBurn(countsBefore(engine, at, HOUR_MS), row.target).rate,
      burn5m: windowBurn(countsBefore(engine, at, 5 * MINUTE_MS), row.target).rate,
    });
  }
  return { stepSeconds: stepMs / SECOND_MS, points };
}
