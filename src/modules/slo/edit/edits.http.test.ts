import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { loadObjective, updateGoverning } from '../store.ts';
import { nextTick } from '../index.ts';

const START = instant(Date.UTC(2026, 10, 19, 12));

describe('edits of an objective', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: START });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
  });
  afterAll(() => world.destroy());

  const put = (slug: string, change: object = {}) =>
    world.api.slo.putObjective({
      params: { slug },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' }, ...change },
    });
  const get = (slug: string) => world.api.slo.getObjective({ params: { slug } });
  const ago = (minutes: number): string => iso(plus(world.clock.now(), -minutes * MINUTE_MS));
  const push = (slug: string, ...buckets: { at: string; seconds: number; good: number; valid: number; group?: Record<string, string> }[]) =>
    world.api.slo.pushCounts({ params: { slug }, body: { buckets } });
  /** Ticks until nothing is due, at the present moment. */
  const tick = async (): Promise<void> => {
    await world.transact((ctx) =>
      ctx.enqueue({ ...nextTick(ctx.now, 10_000), dueAt: ctx.now, key: `tick/${ctx.now}/${world.clock.now()}` }),
    );
    for (let n = 0; n < 50; n += 1) if (!(await world.nodes[0]?.app.worker.runNext())) return;
  };

  it('of words alone take effect at once, and every version stays to be read', async () => {
    await put('words');
    await put('words', { name: 'Words', description: 'Said better' });
    expect(await get('words')).toMatchObject({ name: 'Words', version: 2, governing: { version: 2, pending: null } });
    const { items } = await world.api.slo.listVersions({ params: { slug: 'words' } });
    expect(items).toMatchObject([
      { number: 2, isGoverning: true, definition: { name: 'Words' } },
      { number: 1, isGoverning: false, definition: { target: 0.999 } },
    ]);
  });

  it('that say what the latest version says are none', async () => {
    await put('same', { target: 0.99 });
    await put('same', { target: 0.99 });
    expect(await get('same')).toMatchObject({ version: 1 });
    await put('same', { target: 0.95 });
    await put('same', { target: 0.95 });
    expect(await get('same')).toMatchObject({ version: 2 });
    await put('same', { target: 0.99 });
    expect(await get('same')).toMatchObject({ version: 3 });
  });

  it('never end a live alert: the version before goes on until it ends by itself', async () => {
    await put('live');
    await push(
      'live',
      { at: ago(120), seconds: 5400, good: 540_000, valid: 540_000 },
      { at: ago(30), seconds: 1800, good: 150_000, valid: 180_000 },
    );
    await tick();
    expect(await get('live')).toMatchObject({ state: 'firing' });
    await put('live', { target: 0.9 });
    await tick();
    expect(await get('live')).toMatchObject({
      state: 'firing',
      target: 0.999,
      governing: { version: 1, pending: { version: 2, because: { code: 'would_silence_an_alert' } } },
    });
    const alerts = (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items.filter(
      (alert) => alert.labels.objective === 'live',
    );
    expect(alerts.every((alert) => alert.state === 'open')).toBe(true);
    world.clock.advance(7 * HOUR_MS);
    await push('live', { at: ago(420), seconds: 7 * 3600, good: 25_200_000, valid: 25_200_000 });
    await tick();
    await tick();
    expect(await get('live')).toMatchObject({ target: 0.9, governing: { version: 2, pending: null } });
  });

  it('to other counts gather their own until they can tell, and mix in none of the old', async () => {
    await put('moved');
    await push('moved', { at: ago(600), seconds: 36_000, good: 3_590_000, valid: 3_600_000 });
    await tick();
    const otlp = { kind: 'otlp', metric: 'shop.requests', good: [{ attribute: 'status', op: '=', value: 'ok' }] } as const;
    await put('moved', { indicator: otlp });
    await tick();
    const waiting = await get('moved');
    expect(waiting).toMatchObject({
      governing: { version: 1, pending: { version: 2, coverageRatio: 0, because: { code: 'waits_for_coverage' } } },
    });
    expect(waiting.budget.validCount).toBe(3_600_000);
    // Pushed counts are the history of both, so the new version has seen enough now.
    await push('moved', { at: ago(600), seconds: 36_000, good: 3_600_000, valid: 3_600_000 });
    await tick();
    expect(await get('moved')).toMatchObject({ governing: { version: 2, pending: null }, budget: { badCount: 0 } });
  });

  it('that come while an earlier one is let govern keep it from governing: nothing more is counted by that one', async () => {
    await put('overtaken');
    await push('overtaken', { at: ago(600), seconds: 600, good: 600, valid: 600 });
    await put('overtaken', { indicator: { kind: 'counts', groupBy: ['region'] } });
    const read = await loadObjective(world.app.transactor.db, 'overtaken');
    await put('overtaken', { indicator: { kind: 'counts', groupBy: ['tenant'] } });
    const govern = (row: typeof read) => world.transact((ctx) => updateGoverning(ctx.tx, row, ctx.now));
    await expect(govern(read)).rejects.toMatchObject({ code: 'conflict' });
    expect(await get('overtaken')).toMatchObject({ governing: { version: 1, pending: { version: 3 } } });
    await govern(await loadObjective(world.app.transactor.db, 'overtaken'));
    expect(await get('overtaken')).toMatchObject({ governing: { version: 3, pending: null } });
  });

  it('of pairs that could never fire are refused with the reason', async () => {
    const pairs = (...all: object[]) => put('pairs', { target: 0.9, alerting: { pairs: all } });
    await expect(pairs({ severity: 'critical', long: '1h', short: '5m', factor: 14.4 })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.alerting.pairs[0]', message: expect.stringContaining('never fires') as string }],
    });
    await expect(pairs({ severity: 'ticket', long: '1h', short: '2h', factor: 2 })).rejects.toMatchObject({
      fields: [{ path: 'body.alerting.pairs[0].short' }],
    });
    await pairs({ severity: 'critical', long: '1h', short: '5m', budgetPercent: 1 });
    expect(await get('pairs')).toMatchObject({ pairs: [{ severity: 'page', urgency: 'critical', factor: 7.2 }] });
  });

  it('to groups: a thousand of them are judged one by one, listed worst first, and add up', async () => {
    await put('grouped', { indicator: { kind: 'counts', groupBy: ['tenant'] }, alerting: { groups: 'any' } });
    const tenants = Array.from({ length: 1000 }, (_, i) => `t${String(i).padStart(4, '0')}`);
    await expect(push('grouped', { at: ago(60), seconds: 3600, good: 1, valid: 1 })).rejects.toMatchObject({
      fields: [{ path: 'body.buckets[0].group' }],
    });
    await push(
      'grouped',
      ...tenants.map((tenant, i) => ({ at: ago(60), seconds: 3600, good: i === 7 ? 1800 : 3600, valid: 3600, group: { tenant } })),
    );
    await tick();
    expect((await get('grouped')).budget).toMatchObject({ validCount: 3_600_000, badCount: 1800 });
    const page = await world.api.slo.listGroups({ params: { slug: 'grouped' }, query: { limit: 2 } });
    expect(page.items).toMatchObject([
      { labels: { tenant: 't0007' }, badCount: 1800, page: 'critical' },
      { badCount: 0, page: null },
    ]);
    const rest = await world.api.slo.listGroups({ params: { slug: 'grouped' }, query: { limit: 500, after: page.next ?? '' } });
    expect(rest.items).toHaveLength(500);
    const open = (await world.api.alerts.listAlerts({ query: { state: 'open' } })).items.filter(
      (alert) => alert.labels.objective === 'grouped',
    );
    expect(open.map((alert) => [alert.labels.tenant, alert.labels.slot])).toEqual(expect.arrayContaining([['t0007', 'page']]));
    expect(new Set(open.map((alert) => alert.labels.tenant))).toEqual(new Set(['t0007']));
  });

  it('as code are all applied or none', async () => {
    const definition = (target: number) => ({ service: 'checkout', target, indicator: { kind: 'counts' } });
    const apply = (...documents: { slug: string; definition: unknown }[]) => world.api.slo.applyObjectives({ body: { documents } });
    await expect(
      apply({ slug: 'code-a', definition: definition(0.99) }, { slug: 'code-b', definition: definition(7) }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.documents[1].definition.target', received: '7' }],
    });
    await expect(get('code-a')).rejects.toMatchObject({ code: 'not_found' });
    const { entries } = await apply({ slug: 'code-a', definition: definition(0.99) }, { slug: 'words', definition: definition(0.999) });
    expect(entries).toMatchObject([
      { slug: 'code-a', action: 'create' },
      { slug: 'words', action: 'change', keepsCounts: true },
    ]);
    const exported = await world.api.slo.exportObjectives({ query: { format: 'nines', slug: 'code-a' } });
    expect(exported.text).toContain('target: 0.99');
  });

  it('are tried on the past before they are made', async () => {
    const backtest = await world.api.slo.backtestObjective({
      params: { slug: 'live' },
      body: { from: ago(9 * 60), terms: { target: 0.999 }, troubles: [{ id: 'inc_1', from: ago(7 * 60 + 30), to: ago(7 * 60) }] },
    });
    expect(backtest).toMatchObject({ pages: 1, detections: [{ id: 'inc_1' }], counts: { bad: 30_000 } });
    expect(backtest.detections[0]?.pageAfterSeconds).toBeLessThanOrEqual(360);
    const calm = await world.api.slo.backtestObjective({ params: { slug: 'live' }, body: { from: ago(9 * 60), terms: { target: 0.5 } } });
    expect(calm).toMatchObject({ pages: 0, recommendation: { because: { code: 'kept_with_room' } } });
    await expect(world.api.slo.backtestObjective({ params: { slug: 'live' }, body: { from: ago(-60) } })).rejects.toMatchObject({
      fields: [{ path: 'body.from' }],
    });
  });

  it('are explained: every figure with its counts', async () => {
    const { figures } = await world.api.slo.explainObjective({ params: { slug: 'live' } });
    const remaining = figures.find((figure) => figure.figure === 'budget.remaining');
    expect(remaining?.value).toBe((await get('live')).budget.remainingRatio);
    expect(remaining?.counts.bad).toBe((await get('live')).budget.badCount);
    expect(figures.map((figure) => figure.figure)).toContain('burn.3600s');
  });

  it('are explained by queries that find a whole bound as every Prometheus writes it', async () => {
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'https://metrics.example/' } });
    await put('fast', { indicator: { kind: 'prometheus', source: 'main', valid: 'x_count', good: 'x_bucket{le="1"}' } });
    const { figures } = await world.api.slo.explainObjective({ params: { slug: 'fast' } });
    expect(figures.find(({ figure }) => figure === 'burn.3600s')?.promql).toContain('x_bucket{le=~"1(\\\\.0)?"}[3600s]');
  });

  it('of how groups are alerted on wait while one of them is alerted on, and then leave no alert behind', async () => {
    const indicator = { kind: 'counts' as const, groupBy: ['region'] };
    await put('regions', { indicator, alerting: { groups: 'any' } });
    const both = (eu: number, minutes: number, length: number) =>
      push(
        'regions',
        { at: ago(minutes), seconds: length * 60, good: eu * length, valid: 600 * length, group: { region: 'eu' } },
        { at: ago(minutes), seconds: length * 60, good: 600 * length, valid: 600 * length, group: { region: 'us' } },
      );
    await both(600, 400, 370);
    await both(0, 30, 30);
    await tick();
    const alerts = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items.filter((one) => one.labels.objective === 'regions');
    expect(await alerts()).toEqual(expect.arrayContaining([expect.objectContaining({ state: 'open', severity: 'critical' })]));
    await put('regions', { indicator, alerting: { groups: 'rollup' } });
    await tick();
    expect(await get('regions')).toMatchObject({ governing: { version: 1, pending: { version: 2 } } });
    world.clock.advance(4 * 24 * HOUR_MS);
    for (const days of [4, 3, 2, 1]) await both(600, days * 1440, 1440);
    await tick();
    await tick();
    expect((await alerts()).filter((one) => one.state === 'open')).toEqual([]);
    expect(await get('regions')).toMatchObject({ governing: { version: 2, pending: null } });
  });

  it('of a group that nothing is heard of any more end its alert, while others are heard', async () => {
    await put('gone', { indicator: { kind: 'counts', groupBy: ['pod'] }, alerting: { groups: 'any' } });
    const one = (pod: string, good: number, minutes: number, length: number) =>
      push('gone', { at: ago(minutes), seconds: length * 60, good: good * length, valid: 600 * length, group: { pod } });
    await one('a', 600, 400, 400);
    await one('b', 0, 30, 30);
    await tick();
    const open = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'open' } })).items.filter(
        (alert) => alert.labels.objective === 'gone' && alert.labels.pod === 'b',
      );
    expect((await open()).length).toBeGreaterThan(0);
    world.clock.advance(3 * HOUR_MS);
    await one('a', 600, 180, 180);
    await tick();
    expect(await open()).toEqual([]);
  });

  it('of words alone, those of the indicator among them, keep the counts', async () => {
    await put('said');
    await push('said', { at: ago(60), seconds: 3600, good: 3599, valid: 3600 });
    await tick();
    await put('said', { indicator: { kind: 'counts', specification: 'Said in other words', sli: 'correctness', measuredAt: 'client' } });
    expect(await get('said')).toMatchObject({ budget: { badCount: 1, validCount: 3600 }, governing: { version: 2, pending: null } });
    expect((await get('said')).indicator).toMatchObject({ specification: 'Said in other words' });
  });
});
