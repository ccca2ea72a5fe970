import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, iso, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const START = instant(Date.UTC(2026, 10, 19, 12));
const COUNTS = { service: 'checkout', target: 0.999, indicator: { kind: 'counts' as const } };
const DEAD = { pairs: [{ severity: 'critical' as const, long: '1h', short: '5m', factor: 14.4 }] };

describe('looks into the past', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: START });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.slo.putObjective({ params: { slug: 'paid' }, body: { ...COUNTS, alerting: DEAD } });
  });
  afterAll(() => world.destroy());

  const bucket = (at: number, seconds: number, good: number, valid: number) => ({ at: iso(plus(START, at)), seconds, good, valid });
  const test = (history: ReturnType<typeof bucket>[], stepSeconds: number, definition: object = COUNTS) =>
    world.api.slo.testObjective({ body: { definition: definition as typeof COUNTS, history, stepSeconds } });

  it('count a recorded history from its first bucket on, whatever the step', async () => {
    const failing = await test([bucket(0, 300, 0, 1000), bucket(5 * MINUTE_MS, 30, 100, 100)], 300);
    expect(failing).toMatchObject({ from: iso(START), pages: 1, counts: { bad: 1000, valid: 1100 }, recommendation: { target: null } });
    expect(failing.series.reduce((sum, point) => sum + point.badCount, 0)).toBe(1000);
    expect(failing.figures.find(({ figure }) => figure === 'past.sli')).toMatchObject({
      value: 100 / 1100,
      counts: { bad: 1000, valid: 1100 },
      coverageRatio: failing.counts.coverageRatio,
      formula: 'good ÷ valid',
      promql: null,
    });
    expect(await test([bucket(0, 30, 0, 100)], 30)).toMatchObject({ counts: { bad: 100, valid: 100 } });
    const offset = await test([bucket(70 * SECOND_MS, 300, 0, 1000)], 60);
    expect(offset.counts).toMatchObject({ bad: 1000, valid: 1000 });
  });

  it('refuse pairs that could never fire, in a definition and in the terms that are tried', async () => {
    const dead = { code: 'invalid_input', message: expect.stringContaining('never fires') as string };
    await expect(test([bucket(0, 30, 0, 100)], 30, { ...COUNTS, target: 0.5, alerting: DEAD })).rejects.toMatchObject({
      ...dead,
      fields: [{ path: 'body.definition.alerting.pairs[0]' }],
    });
    const tried = (terms: object) => world.api.slo.backtestObjective({ params: { slug: 'paid' }, body: { days: 1, terms } });
    await expect(tried({ target: 0.5 })).rejects.toMatchObject({ ...dead, fields: [{ path: 'body.terms.alerting.pairs[0]' }] });
    expect(await tried({ target: 0.99 })).toMatchObject({ pages: 0 });
  });

  it('count the time without data as the objective itself does, however long ago it was first heard of', async () => {
    const body = { ...COUNTS, target: 0.5, window: '1d', gaps: 'bad' as const, alerting: { preset: 'none' as const } };
    await world.api.slo.putObjective({ params: { slug: 'holed' }, body });
    const told = [bucket(-10 * 86_400_000, 60, 1, 1), bucket(-6 * 3_600_000, 6 * 3600, 2160, 2160)];
    await world.api.slo.pushCounts({ params: { slug: 'holed' }, body: { buckets: told } });
    const { budget, asOf } = await world.api.slo.getObjective({ params: { slug: 'holed' } });
    expect(budget).toMatchObject({ remainingRatio: -0.5, gapBadCount: 6480 });
    const { figures } = await world.api.slo.backtestObjective({ params: { slug: 'holed' }, body: { days: 1, to: asOf } });
    expect(figures.find(({ figure }) => figure === 'budget.remaining')).toMatchObject({ value: -0.5, gapBadCount: 6480 });
  });

  it('refuse to preview what is pushed, naming the field', async () => {
    await expect(world.api.slo.previewObjective({ body: { days: 1, definition: COUNTS } })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.definition.indicator.kind', received: 'counts' }],
    });
  });
});
