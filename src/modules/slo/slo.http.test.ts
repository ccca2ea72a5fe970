import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const INDICATOR = { kind: 'counts' as const };

describe('objectives over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    for (const slug of ['quiet', 'busy', 'spent']) await put(slug);
  });
  afterAll(() => world.destroy());

  const put = (slug: string, change: object = {}, ifMatch?: number) =>
    world.api.slo.putObjective(
      { params: { slug }, body: { service: 'checkout', target: 0.999, indicator: INDICATOR, ...change } },
      ifMatch === undefined ? {} : { ifMatch },
    );
  const get = (slug: string) => world.api.slo.getObjective({ params: { slug } });
  const ago = (minutes: number): string => iso(plus(world.clock.now(), -minutes * MINUTE_MS));
  const push = (slug: string, ...buckets: [minutesAgo: number, seconds: number, good: number, valid: number][]) =>
    world.api.slo.pushCounts({
      params: { slug },
      body: { buckets: buckets.map(([minutes, seconds, good, valid]) => ({ at: ago(minutes), seconds, good, valid })) },
    });

  it('are put once each, however many do it at once, and changed at the version believed in', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, n) => put('raced', { name: `Raced ${n}` })));
    expect(await get('raced')).toMatchObject({ version: 6, service: { slug: 'checkout', tier: 1 }, window: '30d' });
    const indicators = await world.app.transactor.db.selectFrom('indicator').select('id').execute();
    expect(indicators).toHaveLength(4);
    const results = await Promise.allSettled([1, 2, 3].map((n) => put('raced', { name: `Name ${n}` }, 6)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'precondition_failed' });
  });

  it('show a budget that is overspent as less than nothing, and every figure as a number', async () => {
    await put('spent', { window: '1h' });
    await push('spent', [60, 3600, 900, 1000]);
    const spent = await get('spent');
    expect(spent.budget.remainingRatio).toBeLessThan(0);
    expect(spent).toMatchObject({ level: 'exhausted', levelBecause: { code: 'nothing_left' }, exhaustsInSeconds: 0 });
    expect(spent.budget.because.text).not.toContain('NaN');
  });

  it('never answer with what is not a number: without data, without traffic, with one bucket, with a target near 1', async () => {
    await push('quiet', [5, 60, 0, 0], [4, 60, 0, 0]);
    await put('strict', { target: 0.99999, window: '1h' });
    await push('strict', [1, 10, 0, 1_000_000_000_000]);
    const { items } = await world.api.slo.listObjectives({});
    const series = await world.api.slo.getSeries({ params: { slug: 'quiet' }, query: { from: ago(60), to: ago(0) } });
    const whole = await world.api.slo.getSeries({
      params: { slug: 'strict' },
      query: { from: '2000-01-01T00:00:00Z', to: '2099-12-31T00:00:00Z', points: 10 },
    });
    expect(whole.points.length).toBeLessThanOrEqual(12);
    const walk = (value: unknown): void => {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      else if (typeof value === 'string') expect(value).not.toMatch(/NaN|Infinity/);
      else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner);
    };
    for (const answer of [...items, series, whole]) {
      walk(answer);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    }
    expect(await get('quiet')).toMatchObject({ burn: [{ rate: 0 }, {}, {}, {}, {}, {}, {}] });
  });

  it('are listed worst first, by service, page by page', async () => {
    const first = await world.api.slo.listObjectives({ query: { limit: 1, service: 'checkout' } });
    expect(first.items).toHaveLength(1);
    const rest = await world.api.slo.listObjectives({ query: { after: first.next ?? '' } });
    expect(rest.items.map((item) => item.slug)).not.toContain(first.items[0]?.slug);
    const ratios = [...first.items, ...rest.items].map((item) => item.budget.remainingRatio ?? 2);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    // The last that was shown may have left the list meanwhile.
    const narrowed = await world.api.slo.listObjectives({ query: { after: first.next ?? '', level: 'healthy' } });
    expect(first.items[0]?.level).not.toBe('healthy');
    expect(narrowed.items.map(({ slug }) => slug)).toEqual(rest.items.filter(({ level }) => level === 'healthy').map(({ slug }) => slug));
    await expect(world.api.slo.listObjectives({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await world.api.slo.listObjectives({ query: { service: 'nothing' } })).items).toEqual([]);
  });

  it('are found by words in any of their names, and by their level', async () => {
    const found = async (query: object) => (await world.api.slo.listObjectives({ query })).items.map(({ slug }) => slug);
    const { items } = await world.api.slo.listObjectives({});
    const levels = new Set(items.map(({ level }) => level));
    expect(levels.size).toBeGreaterThan(1);
    for (const level of ['healthy', 'caution', 'slow', 'frozen', 'exhausted'])
      expect(await found({ level })).toEqual(items.filter((item) => item.level === level).map(({ slug }) => slug));
    const dark = items.filter((item) => item.level === 'no_data' || item.state === 'no_data');
    expect(await found({ level: 'no_data' })).toEqual(dark.map(({ slug }) => slug));
    expect(await found({ level: 'burning' })).toEqual([]);
    expect(await found({ find: 'SPENT' })).toEqual(['spent']);
    expect(await found({ find: 'checkOUT' })).toHaveLength(items.length);
    expect(await found({ find: 'spent', level: 'healthy' })).toEqual([]);
    await expect(found({ level: 'fine' })).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path: 'query.level' }] });
    await expect(found({ find: 'x'.repeat(101) })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('refuse buckets that cover the same time twice, and take the last of those with the same start', async () => {
    await expect(push('busy', [10, 60, 1, 1], [9.5, 60, 1, 1])).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.buckets[1].at', received: ago(9.5) }],
    });
    expect((await get('busy')).budget.validCount).toBe(0);
    expect(await push('busy', [9, 60, 1, 5], [10, 60, 1, 1], [9, 60, 3, 5])).toEqual({ accepted: 3, lastObservedAt: ago(8) });
    expect((await get('busy')).budget).toMatchObject({ validCount: 6, badCount: 2 });
  });

  it('take the same counts from many at once in any order, and count them once', async () => {
    const buckets = Array.from({ length: 200 }, (_, i): [number, number, number, number] => [300 - i, 60, 9, 10]);
    await put('crowd');
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => push('crowd', ...(i % 2 === 0 ? buckets : buckets.toReversed()))),
    );
    expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
    expect((await get('crowd')).budget).toMatchObject({ validCount: 2000, badCount: 200 });
  });

  it('say what is not there or cannot be, naming the field', async () => {
    const slug = 'nothing';
    await expect(get(slug)).rejects.toMatchObject({ code: 'not_found' });
    await expect(push(slug, [5, 60, 1, 1])).rejects.toMatchObject({ code: 'not_found' });
    const series = (name: string, from: string, to: string) => world.api.slo.getSeries({ params: { slug: name }, query: { from, to } });
    await expect(series(slug, ago(60), ago(0))).rejects.toMatchObject({ code: 'not_found' });
    await expect(series('busy', ago(0), ago(60))).rejects.toMatchObject({ fields: [{ path: 'query.to' }] });
    await expect(put('busy', { service: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
    for (const target of [0, 1, 2, -1]) await expect(put('busy', { target })).rejects.toMatchObject({ fields: [{ path: 'body.target' }] });
    await expect(put('busy', { window: '1m' })).rejects.toMatchObject({ fields: [{ path: 'body.window' }] });
    await expect(push('busy', [5, 60, 2, 1])).rejects.toMatchObject({ fields: [{ path: 'body.buckets[0].good' }] });
    await expect(push('busy', [5, 0, 1, 1])).rejects.toMatchObject({ fields: [{ path: 'body.buckets[0].seconds' }] });
  });
});
