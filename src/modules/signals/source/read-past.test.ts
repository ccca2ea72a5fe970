import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DurationMs, HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import type { Cell } from '../core/cell.ts';
import { INITIAL_COUNTER_STATE } from '../core/counter-columns.ts';
import { PrometheusIndicator } from '../core/indicator.ts';
import type { BackfillChunk } from '../core/source/backfill-plan.ts';
import { readCalm } from '../core/source/calm.ts';
import { cellsWithin } from '../core/source/series.ts';
import type { MetricSource, SourceRead } from '../port.ts';
import { readIndicator, readPast } from './read-indicator.ts';

const STEP_MS: DurationMs = 30 * SECOND_MS;
const HOUR_STEPS = HOUR_MS / STEP_MS;
const MIDNIGHT = Date.UTC(2026, 10, 19);
const atStep = (step: number): Instant => instant(MIDNIGHT + step * STEP_MS);

/** A counter by what it shows at each step from `first` on; undefined where it is not there. */
interface History {
  labels: Record<string, string>;
  first: number;
  values: readonly (number | undefined)[];
}

const MATCHERS: Record<string, (labels: Record<string, string>) => boolean> = {
  x_total: () => true,
  'x_total{code="500"}': ({ code }) => code === '500',
  y_total: ({ code }) => code !== '500',
};

function sourceOf(histories: readonly History[]): MetricSource {
  return {
    readRange: (query, { from, to, stepMs }): Promise<SourceRead> => {
      const series = seriesOf(histories, query, { from, to, stepMs });
      return Promise.resolve({ kind: 'read', series, samples: null, warnings: [] });
    },
  };
}

function seriesOf(histories: readonly History[], query: string, { from, to, stepMs }: { from: Instant; to: Instant; stepMs: number }) {
  const asked = /^last_over_time\((.*)\[5m\]\)$/s.exec(query)?.[1];
  const lasting = asked === undefined ? 0 : 10;
  const series = histories
    .filter(({ labels }) => MATCHERS[asked ?? query]?.(labels) === true)
    .map(({ labels, first, values }) => {
      const points: { at: Instant; value: number }[] = [];
      for (let at = from; at <= to; at = instant(at + stepMs)) {
        const i = (at - atStep(first)) / STEP_MS;
        const value = values.slice(Math.max(0, i - lasting), Math.max(0, i + 1)).findLast((one) => one !== undefined && !Number.isNaN(one));
        if (value !== undefined) points.push({ at, value });
      }
      return { labels, points };
    });
  return series.filter(({ points }) => points.length > 0);
}

/** What befalls a counter at a step: it is gone for some steps, it falls, or what it gains is no whole number. */
type Event = { step: number; kind: 'gone' | 'fall' | 'part' | 'nan' | 'below'; length: number };

/** From three hours before midnight on. */
const FIRST = -3 * HOUR_STEPS;
const STEPS = 9 * HOUR_STEPS;

function historyOf(
  labels: Record<string, string>,
  { gain, start, events }: { gain: number; start: number; events: readonly Event[] },
): History {
  let value = start;
  const values = Array.from({ length: STEPS }, (_, i): number | undefined => {
    value += (i * gain) % 7;
    const now = events.filter(({ step, length, kind }) => (kind === 'gone' ? i >= step && i < step + length : i === step));
    for (const { kind, length } of now) {
      if (kind === 'fall') value = length % 3;
      if (kind === 'part') value += (length % 8) / 8;
      if (kind === 'below') value = -1.5;
    }
    if (now.some(({ kind }) => kind === 'gone')) return undefined;
    return now.some(({ kind }) => kind === 'nan') ? Number.NaN : value;
  });
  return { labels, first: FIRST, values };
}

const event = fc.record({
  step: fc.oneof(
    fc.nat(STEPS - 1),
    fc.nat(9).map((hour) => hour * HOUR_STEPS),
  ),
  kind: fc.constantFrom<Event['kind']>('gone', 'gone', 'fall', 'part', 'nan', 'below'),
  length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: STEPS })),
});
/** Some series live on, some are born and die at one step, so that others take their place. */
const histories = fc
  .tuple(
    fc.array(
      fc.record({
        instance: fc.nat(2),
        code: fc.constantFrom('200', '404', '500'),
        gain: fc.nat(9),
        start: fc.nat(50),
        events: fc.array(event, { maxLength: 2 }),
      }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    fc.array(fc.integer({ min: 1, max: STEPS - 1 }), { maxLength: 2 }),
  )
  .map(([all, swaps]) => {
    const stay = all.map(({ instance, code, ...rest }, i) => historyOf({ job: 'api', instance: `i${instance}`, code, n: String(i) }, rest));
    const swapped = swaps.flatMap((step, i) => {
      const length = STEPS;
      const old = historyOf(
        { job: 'api', instance: `old${i}`, code: '200' },
        { gain: 3, start: 9, events: [{ step, kind: 'gone', length }] },
      );
      const young = historyOf(
        { job: 'api', instance: `young${i}`, code: '200' },
        { gain: 2, start: 9, events: [{ step: 0, kind: 'gone', length: step }] },
      );
      return [old, young];
    });
    return [...stay, ...swapped];
  });
/** Chunks of one to five hours and a bit, with as much around them as there is. */
const chunks = fc
  .record({ from: fc.nat(30), steps: fc.integer({ min: HOUR_STEPS, max: 5 * HOUR_STEPS }), after: fc.nat(HOUR_STEPS) })
  .map(({ from, steps, after }): BackfillChunk => {
    const span = { from: atStep(from), to: atStep(from + steps) };
    return { span, read: { from: atStep(from - HOUR_STEPS), to: atStep(from + steps + after) } };
  });
const indicatorOf = (definition: Record<string, unknown>): PrometheusIndicator =>
  PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'x_total', ...definition });
const indicators = [
  indicatorOf({ bad: 'x_total{code="500"}' }),
  indicatorOf({ good: 'y_total', groupBy: ['code'] }),
  indicatorOf({ valid: 'y_total', bad: 'x_total{code="500"}', groupBy: ['instance'] }),
];

type Cells = readonly (readonly [group: string, cells: readonly Cell[]])[];

/** Cells of each group, as a chunk is read for itself. */
async function cellsOf(histories: readonly History[], indicator: PrometheusIndicator, chunk: BackfillChunk): Promise<Cells> {
  const read = await readPast(sourceOf(histories), indicator, chunk);
  if (read.kind === 'failed') throw new Error(read.reason);
  return [...read.groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The same by following every series from the beginning on, one by one. */
async function followed(
  histories: readonly History[],
  indicator: PrometheusIndicator,
  { span, read: { to } }: BackfillChunk,
): Promise<Cells> {
  const read = await readIndicator(sourceOf(histories), indicator, INITIAL_COUNTER_STATE, { from: atStep(FIRST - 1), to });
  if (read.kind === 'failed') throw new Error(read.reason);
  return [...cellsWithin(read.groups, span)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The share of a chunk's points that is followed one by one. */
function followedShare(histories: readonly History[], { span, read }: BackfillChunk): number {
  const valid = seriesOf(histories, 'x_total', { from: instant(read.from + STEP_MS), to: read.to, stepMs: STEP_MS });
  const { rest } = readCalm({ valid }, { span, read }, { stepMs: STEP_MS, groupBy: [] });
  const count = (all: readonly { points: readonly unknown[] }[]): number => all.reduce((sum, { points }) => sum + points.length, 0);
  return count(rest?.valid ?? []) / count(valid);
}

const steady = (n: number, gain: number, events: readonly Event[] = []): History =>
  historyOf({ job: 'api', instance: 'i', code: n === 0 ? '500' : '200', n: String(n) }, { gain, start: n, events });
const hours = (from: number, to: number): BackfillChunk => ({
  span: { from: atStep(from * HOUR_STEPS), to: atStep(to * HOUR_STEPS) },
  read: { from: atStep((from - 1) * HOUR_STEPS), to: atStep((to + 1) * HOUR_STEPS) },
});
const [ERRORS] = indicators as [PrometheusIndicator];

describe('a chunk of the past that is read for itself', () => {
  test('counts to the event what is counted by following every series from the beginning', async () => {
    let added = 0;
    await fc.assert(
      fc.asyncProperty(histories, chunks, fc.constantFrom(...indicators), async (all, chunk, indicator) => {
        expect(await cellsOf(all, indicator, chunk)).toEqual(await followed(all, indicator, chunk));
        if (followedShare(all, chunk) < 0.7) added += 1;
      }),
      { numRuns: 100 },
    );
    expect(added).toBeGreaterThan(20);
  }, 60_000);

  test('is added up where nothing befalls its series', async () => {
    const all = [steady(0, 1), steady(1, 5), steady(2, 3)];
    expect(followedShare(all, hours(0, 5))).toBe(0);
    const cells = await cellsOf(all, ERRORS, hours(0, 5));
    expect(cells).toEqual(await followed(all, ERRORS, hours(0, 5)));
    expect(cells[0]?.[1]).toHaveLength(5 * HOUR_STEPS * 3);
  });

  test.each<[string, Event]>([
    ['falls while others gain more', { step: 5 * HOUR_STEPS + 7, kind: 'fall', length: 0 }],
    ['is gone for one step while others gain more', { step: 5 * HOUR_STEPS + 7, kind: 'gone', length: 1 }],
    ['comes back after hours', { step: HOUR_STEPS, kind: 'gone', length: 4 * HOUR_STEPS + 7 }],
  ])('is followed around the step in which one %s, and added up before and after', async (_what, befallen) => {
    const all = [
      historyOf({ job: 'api', instance: 'i', code: '404' }, { gain: 0, start: 3, events: [befallen] }),
      steady(1, 9),
      steady(2, 9),
    ];
    const share = followedShare(all, hours(0, 5));
    expect(share).toBeGreaterThan(0);
    // The hour before the chunk, and the two instants of the step.
    expect(share).toBeLessThan(0.2);
    expect(await cellsOf(all, ERRORS, hours(0, 5))).toEqual(await followed(all, ERRORS, hours(0, 5)));
  });

  test('counts what was away at its end and comes back within the hour after it', async () => {
    const away: Event = { step: 8 * HOUR_STEPS - 40, kind: 'gone', length: 60 };
    const all = [steady(1, 9), steady(2, 9, [away])];
    expect(await cellsOf(all, ERRORS, hours(0, 5))).toEqual(await followed(all, ERRORS, hours(0, 5)));
  });

  test('rounds series one by one, so that halves which make up a whole are two', async () => {
    const half: Event = { step: 5 * HOUR_STEPS + 7, kind: 'part', length: 4 };
    const all = [steady(1, 0, [half]), steady(2, 0, [half])];
    const cells = await cellsOf(all, ERRORS, hours(0, 5));
    expect(cells[0]?.[1].reduce((sum, { good }) => sum + good, 0)).toBe(2);
    expect(cells).toEqual(await followed(all, ERRORS, hours(0, 5)));
  });

  test('is followed where sums are larger than whole numbers that a double holds', async () => {
    const large = 2 ** 53 - 2 ** 20;
    const all = [1, 2, 3].map((n) =>
      historyOf({ job: 'api', instance: 'i', code: '200', n: String(n) }, { gain: n, start: large, events: [] }),
    );
    expect(followedShare(all, hours(0, 5))).toBe(1);
    expect(await cellsOf(all, ERRORS, hours(0, 5))).toEqual(await followed(all, ERRORS, hours(0, 5)));
  });
});
