import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import type { DemoApi } from '../api.ts';
import type { Company } from '../company.ts';
import { computeCalm, computeHistory, endOf, type HistoryBucket, type HistoryPlan } from '../history.ts';
import { impactStartOf } from './moments.ts';

export interface LoadedObjective {
  slug: string;
  service: string;
  kind: 'counts' | 'otlp';
  plan: HistoryPlan;
  history: readonly HistoryBucket[];
  firstObservedAt: Instant | null;
  lastObservedAt: Instant | null;
}

const GRID_MS = 10 * SECOND_MS;
const MOST_IN_A_CALL = 5000;

/**
 * Creates the objectives that are not there. All histories end when the first of them was created, less the time that
 * live cells reach back: a later start computes the same buckets again, so that loading can break off and go on.
 */
export async function loadObjectives(api: DemoApi, company: Company): Promise<{ anchor: Instant; objectives: LoadedObjective[] }> {
  const known = new Set((await api.slo.listObjectives({ query: { limit: 500 } })).items.map((objective) => objective.slug));
  const views = [];
  for (const [slug, { definition }] of Object.entries(company.objectives)) {
    if (!known.has(slug)) await api.slo.putObjective({ params: { slug }, body: definition });
    views.push(await api.slo.getObjective({ params: { slug } }));
  }
  const createdAt = Math.min(...views.map((view) => Date.parse(view.createdAt)));
  const anchor = plus(floorTo(instant(createdAt), GRID_MS), -GRID_MS);
  return { anchor, objectives: views.map((view) => loadedObjective(company, view, anchor)) };
}

type View = Awaited<ReturnType<DemoApi['slo']['getObjective']>>;

function loadedObjective(company: Company, view: View, anchor: Instant): LoadedObjective {
  const entry = company.objectives[view.slug];
  const plan: HistoryPlan = {
    seed: view.slug,
    ratePerSecond: entry?.history.ratePerSecond ?? 1,
    target: entry?.target ?? view.target,
    windowMs: 30 * DAY_MS,
    remainingRatio: entry?.history.remainingRatio ?? 1,
    bursts: company.incidents.flatMap((incident) => {
      const spentRatio = incident.spends[view.slug];
      return spentRatio === undefined ? [] : [{ at: impactStartOf(incident, anchor), spentRatio }];
    }),
  };
  return {
    slug: view.slug,
    service: view.service.slug,
    kind: entry?.definition.indicator.kind === 'otlp' ? 'otlp' : 'counts',
    plan,
    history: computeHistory(plan, anchor),
    firstObservedAt: view.firstObservedAt === null ? null : instant(Date.parse(view.firstObservedAt)),
    lastObservedAt: view.lastObservedAt === null ? null : instant(Date.parse(view.lastObservedAt)),
  };
}

/** Lengths back from the anchor, in the order in which history is sent: after the first one the screens are of use. */
const PIECES = [6 * HOUR_MS, 3 * DAY_MS, 30 * DAY_MS, Number.POSITIVE_INFINITY] as const;

/** Sends the newest piece of history of all objectives: six hours. */
export async function pushRecentHistory(api: DemoApi, objectives: readonly LoadedObjective[], anchor: Instant): Promise<number> {
  await pushPiece(api, objectives, { from: anchor - PIECES[0], to: anchor });
  return PIECES[0];
}

/** Sends what is older, newest first, and calls `reached` with how far back all objectives are known. */
export async function pushOlderHistory(
  api: DemoApi,
  objectives: readonly LoadedObjective[],
  anchor: Instant,
  reached: (backMs: number) => void,
): Promise<void> {
  let newerMs: number = PIECES[0];
  for (const olderMs of PIECES.slice(1)) {
    await pushPiece(api, objectives, { from: anchor - olderMs, to: anchor - newerMs });
    newerMs = olderMs;
    reached(olderMs);
  }
}

async function pushPiece(api: DemoApi, objectives: readonly LoadedObjective[], { from, to }: { from: number; to: number }): Promise<void> {
  for (const { slug, history, firstObservedAt } of objectives) {
    // The oldest comes last, so whoever has it has all.
    const isThere = firstObservedAt !== null && firstObservedAt <= (history[0]?.at ?? 0);
    if (!isThere)
      await push(
        api,
        slug,
        history.filter((bucket) => endOf(bucket) > from && endOf(bucket) <= to),
      );
  }
}

/** Fills the time from the last observation until now with calm traffic: the shop was closed, the demo was not running. */
export async function fillCalm(api: DemoApi, objectives: readonly LoadedObjective[], anchor: Instant, now: Instant): Promise<void> {
  for (const { slug, kind, plan, lastObservedAt } of objectives) {
    const from = Math.max(anchor, Math.ceil((lastObservedAt ?? anchor) / GRID_MS) * GRID_MS);
    // The first cell of a metric reaches back to the one that ended before its export.
    const until = plus(floorTo(now, GRID_MS), kind === 'otlp' ? -GRID_MS : 0);
    if (until > from) await push(api, slug, computeCalm(plan, instant(from), until));
  }
}

async function push(api: DemoApi, slug: string, buckets: readonly HistoryBucket[]): Promise<void> {
  for (let i = 0; i < buckets.length; i += MOST_IN_A_CALL) {
    const part = buckets.slice(i, i + MOST_IN_A_CALL).map((bucket) => ({ ...bucket, at: iso(bucket.at) }));
    await api.slo.pushCounts({ params: { slug }, body: { buckets: part } });
  }
}
