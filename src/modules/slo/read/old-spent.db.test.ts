import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createObjectiveBook } from '../book.ts';
import { createObjectiveReader } from './reader.ts';

const NOW = instant(Date.UTC(2027, 0, 20, 12));
/** In September, 150 days ago: longer than memory reaches. */
const INCIDENT = { from: plus(NOW, -150 * DAY_MS + 13 * MINUTE_MS), to: plus(NOW, -150 * DAY_MS + 58 * MINUTE_MS) };
const OTHER = { from: plus(INCIDENT.from, 30 * MINUTE_MS), to: plus(INCIDENT.from, 2 * HOUR_MS) };
const FIRST = plus(NOW, -200 * DAY_MS);

/** An event each second, of which one in five minutes fails, and every second one during the incident. */
const bucketAt = (at: Instant) => {
  const seconds = 300;
  const overlap = Math.max(0, Math.min(INCIDENT.to, at + 300_000) - Math.max(INCIDENT.from, at)) / 1000;
  return { at: iso(at), seconds, valid: seconds, good: seconds - (overlap > 0 ? 150 : 1) };
};

describe('what incidents of long ago spent', () => {
  let world: World;
  const reader = createObjectiveReader(createObjectiveBook(createCountsHistory()));
  beforeAll(async () => {
    world = await createWorld({ start: NOW });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await put('checkout');
    await push('checkout', FIRST, NOW);
  });
  afterAll(() => world.destroy());

  const put = (slug: string) =>
    world.api.slo.putObjective({
      params: { slug },
      body: { service: 'checkout', target: 0.99, window: '30d', indicator: { kind: 'counts' } },
    });
  const push = async (slug: string, from: Instant, to: Instant): Promise<void> => {
    const buckets = Array.from({ length: (to - from) / (5 * MINUTE_MS) }, (_, i) => bucketAt(plus(from, i * 5 * MINUTE_MS)));
    for (let i = 0; i < buckets.length; i += 5000)
      await world.api.slo.pushCounts({ params: { slug }, body: { buckets: buckets.slice(i, i + 5000) } });
  };
  const serviceIds = async () => (await world.app.transactor.db.selectFrom('service').select('id').execute()).map(({ id }) => id as never);
  const spent = async (from: Instant, to: Instant) => (await reader.spent(world.app.transactor.db, await serviceIds(), from, to))[0];
  /** Bad events of the generator in (from, to]: both on the grid of cells. */
  const badIn = (from: Instant, to: Instant): number => {
    let bad = 0;
    for (let at = FIRST; at < to; at = plus(at, 5 * MINUTE_MS)) {
      const { good, valid } = bucketAt(at);
      const upTo = (end: number): number => Math.floor(((valid - good) * Math.max(0, Math.min(30, (end - at) / 10_000))) / 30);
      bad += upTo(to) - upTo(from);
    }
    return bad;
  };

  it('is read of what is kept, against the budget as it stood then', async () => {
    const found = await spent(INCIDENT.from, INCIDENT.to);
    const bad = badIn(INCIDENT.from, INCIDENT.to);
    expect(bad).toBeGreaterThan(1200);
    expect(found).toMatchObject({ objective: { slug: 'checkout' }, badCount: bad, levelBefore: 'healthy' });
    expect(found?.ratio).toBeCloseTo(bad / (30 * 86_400 * 0.01), 6);
  });

  it('is read of a quarter for incidents that overlap, each bad event once', async () => {
    const period = { from: instant(Date.UTC(2026, 6, 1)), to: instant(Date.UTC(2026, 9, 1)) };
    const incidents = [
      { id: 'a', ...INCIDENT },
      { id: 'b', ...OTHER },
    ];
    const [found] = await reader.spentInPeriod(world.app.transactor.db, { serviceIds: await serviceIds(), period, incidents, now: NOW });
    const bad = badIn(INCIDENT.from, OTHER.to);
    expect(found?.badCount).toBe(bad);
    // The quarter was observed from the fourth of July on; the rest of it counts as traffic at the same rate.
    expect(found?.allowedBadCount).toBeCloseTo(92 * 86_400 * 0.01, 3);
  });

  it('is drawn point by point, with the budget as it stood', async () => {
    const [from, to] = [plus(NOW, -151 * DAY_MS), plus(NOW, -149 * DAY_MS)];
    const { points } = await reader.series(world.app.transactor.db, 'checkout', NOW, { from, to, points: 48 });
    expect(points).toHaveLength(48);
    expect(points.reduce((sum, { badCount }) => sum + badCount, 0)).toBe(badIn(from, to));
    expect(points.every(({ coverageRatio }) => coverageRatio === 1)).toBe(true);
    const left = points.map(({ remainingRatio }) => remainingRatio ?? Number.NaN);
    expect((left[0] ?? 0) - (left.at(-1) ?? 0)).toBeCloseTo(badIn(INCIDENT.from, INCIDENT.to) / (30 * 86_400 * 0.01), 1);
  });

  it('is what corrections make of it, whenever they were made', async () => {
    const exclude = (from: Instant, to: Instant) =>
      world.api.slo.createCorrection({
        params: { slug: 'checkout' },
        body: { rule: { kind: 'exclude', from: iso(from), to: iso(to) }, reason: 'A test of failover' },
      });
    const middle = plus(INCIDENT.from, 20 * MINUTE_MS);
    await exclude(INCIDENT.from, middle);
    await exclude(plus(NOW, -190 * DAY_MS), plus(NOW, -189 * DAY_MS));
    await exclude(plus(NOW, -10 * DAY_MS), plus(NOW, -9 * DAY_MS));
    expect((await spent(INCIDENT.from, INCIDENT.to))?.badCount).toBe(badIn(middle, INCIDENT.to));
    expect((await spent(plus(NOW, -HOUR_MS), NOW))?.badCount).toBe(12);
  });
});
