import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { OtlpIndicator } from '../indicator.ts';
import { applyOtlp, initialOtlpState, OtlpState } from '../otlp-indicator.ts';
import type { OtlpPoint, PointValue } from './point.ts';

/** Whatever order points come in, and however they are split over requests, the cells are the same. */
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const RECEIVED = instant(T0 + 1_000_000);

const atSecond = (value: PointValue, at: number, startAt: number | null): OtlpPoint => ({
  ...value,
  metric: 'm',
  at: instant(T0 + at * 1000),
  startAt: startAt === null ? null : instant(T0 + startAt * 1000),
  attributes: new Map([['route', '/pay']]),
  target: 'a',
  series: 's',
});

function counted(definition: object, requests: OtlpPoint[][]) {
  const indicator = OtlpIndicator.parse({ kind: 'otlp', metric: 'm', groupBy: ['route'], ...definition });
  const cells = new Map<string, [number, number]>();
  let state = initialOtlpState(T0);
  for (const points of requests) {
    const applied = applyOtlp(indicator, state, { points, rejected: [] }, RECEIVED);
    expect(applied.rejected).toEqual([]);
    state = OtlpState.parse(JSON.parse(JSON.stringify(applied.state)));
    for (const { group, cells: touched } of applied.groups)
      for (const { at, good, bad } of touched) {
        expect(Math.min(good, bad)).toBeGreaterThanOrEqual(0);
        cells.set(`${group} ${(at - T0) / 1000}`, [good, bad]);
      }
  }
  return new Map([...cells].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Up to eight points of one series, as many as are kept; then the same ones shuffled, some of them twice, in requests. */
const history = fc
  .array(fc.record({ seconds: fc.integer({ min: 1, max: 90 }), fast: fc.nat(50), slow: fc.nat(9), restarts: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((steps) =>
    fc.record({
      steps: fc.constant(steps),
      order: fc.shuffledSubarray(
        steps.map((_, i) => i),
        { minLength: steps.length },
      ),
      again: fc.subarray(steps.map((_, i) => i)),
      sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 16, maxLength: 16 }),
    }),
  );

interface Shuffled {
  order: number[];
  again: number[];
  sizes: number[];
}

function splitUp(points: OtlpPoint[], { order, again, sizes }: Shuffled): OtlpPoint[][] {
  const rest = [...order, ...again].flatMap((i) => points[i] ?? []);
  return sizes.map((size) => rest.splice(0, size)).filter((request) => request.length > 0);
}

const bounds = [0.3];
const kinds: Record<string, (steps: { seconds: number; fast: number; slow: number; restarts: boolean }[]) => OtlpPoint[]> = {
  'a cumulative histogram with resets'(steps) {
    let [at, startAt, fast, slow] = [0, 0, 0, 0];
    return steps.map((step) => {
      if (step.restarts) [startAt, fast, slow] = [at + 1, 0, 0];
      at += step.seconds + 1;
      fast += step.fast;
      slow += step.slow;
      return atSecond({ kind: 'histogram', temporality: 'cumulative', count: fast + slow, bounds, counts: [fast, slow] }, at, startAt);
    });
  },
  'a cumulative histogram that never tells its start'(steps) {
    let [at, fast, slow] = [0, 100, 100];
    return steps.map((step) => {
      at += step.seconds;
      [fast, slow] = step.restarts ? [step.fast, step.slow] : [fast + step.fast, slow + step.slow];
      return atSecond({ kind: 'histogram', temporality: 'cumulative', count: fast + slow, bounds, counts: [fast, slow] }, at, null);
    });
  },
  'a delta histogram, here and there with holes'(steps) {
    let at = 0;
    return steps.map(({ seconds, fast, slow, restarts }) => {
      const startAt = restarts ? at + 20 : at;
      at = startAt + seconds;
      return atSecond({ kind: 'histogram', temporality: 'delta', count: fast + slow, bounds, counts: [fast, slow] }, at, startAt);
    });
  },
};

test.each(Object.entries(kinds))('%s', (_name, pointsOf) => {
  fc.assert(
    fc.property(history, ({ steps, ...shuffled }) => {
      const points = pointsOf(steps);
      const inOrder = counted({ threshold: 0.3 }, [points]);
      expect(counted({ threshold: 0.3 }, splitUp(points, shuffled))).toEqual(inOrder);
      expect(
        counted(
          { threshold: 0.3 },
          points.map((point) => [point]),
        ),
      ).toEqual(inOrder);
      expect(counted({ threshold: 0.3 }, [points, points])).toEqual(inOrder);
    }),
  );
});

test('a gauge', () => {
  fc.assert(
    fc.property(history, ({ steps, ...shuffled }) => {
      let at = 0;
      const points = steps.map(({ seconds, fast }) => atSecond({ kind: 'gauge', value: fast }, (at += seconds), null));
      const slices = { length: '1m', when: 'value_at_most', threshold: 25 };
      const inOrder = counted({ slices }, [points]);
      expect(counted({ slices }, splitUp(points, shuffled))).toEqual(inOrder);
      const ends = new Map(points.map((point) => [Math.ceil((point.at - T0) / 60_000) * 60 - 10, point]));
      for (const [last, point] of ends)
        expect(inOrder.get(` ${last}`)).toEqual(point.kind === 'gauge' && point.value <= 25 ? [1, 0] : [0, 1]);
    }),
  );
});

test('counters lose nothing and count nothing twice, and all groups together are the roll-up', () => {
  fc.assert(
    fc.property(history, ({ steps, ...shuffled }) => {
      let [at, startAt] = [0, 0];
      const points = steps.map(({ seconds, fast, slow }) => {
        [startAt, at] = [at, at + seconds];
        return atSecond({ kind: 'histogram', temporality: 'delta', count: fast + slow, bounds, counts: [fast, slow] }, at, startAt);
      });
      const cells = [...counted({ threshold: 0.3 }, splitUp(points, shuffled))];
      const total = (group: string): number[] =>
        [0, 1].map((i) => cells.filter(([key]) => key.startsWith(`${group} `)).reduce((all, [, cell]) => all + (cell[i] ?? 0), 0));
      const expected = [steps.reduce((all, { fast }) => all + fast, 0), steps.reduce((all, { slow }) => all + slow, 0)];
      expect([total(''), total('["/pay"]')]).toEqual([expected, expected]);
    }),
  );
});
