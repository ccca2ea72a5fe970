import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DurationMs, HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator } from '../core/indicator.ts';
import type { BackfillChunk } from '../core/source/backfill-plan.ts';
import type { MetricSource, SourceRead } from '../port.ts';
import { readPast } from './read-indicator.ts';

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

/** A source that evaluates the few kinds of query that are asked of counters, at steps; `modern`: ranges begin after their start. */
function sourceOf(histories: readonly History[], { isModern = true, sums = true } = {}): MetricSource & { asked: string[] } {
  const asked: string[] = [];
  const valueAt = ({ first, values }: History, at: number): number | undefined => values[(at - atStep(first)) / STEP_MS];
  const window = (one: History, at: Instant, ms: number): number[] => {
    const from = Math.ceil((at - ms + (isModern ? 1 : 0)) / STEP_MS) * STEP_MS;
    const steps = Array.from({ length: Math.floor((at - from) / STEP_MS) + 1 }, (_, i) => valueAt(one, from + i * STEP_MS));
    return steps.filter((value) => value !== undefined);
  };
  const aggregate = (query: string): ((at: Instant, all: readonly History[]) => number | undefined) | null => {
    const range = Number(/\[(\d+)s:30s\]/.exec(query)?.[1]) * SECOND_MS;
    const over =
      (fold: (values: readonly number[]) => number, join: (all: number[]) => number) => (at: Instant, all: readonly History[]) => {
        const found = all.map((one) => window(one, at, range)).filter((values) => values.length > 0);
        return found.length === 0 ? undefined : join(found.map(fold));
      };
    const now = (fold: (value: number) => number, join: (all: number[]) => number) => (at: Instant, all: readonly History[]) => {
      const found = all.map((one) => valueAt(one, at)).filter((value) => value !== undefined);
      return found.length === 0 ? undefined : join(found.map(fold));
    };
    const add = (all: number[]): number => all.reduce((sum, value) => sum + value, 0);
    if (query.startsWith('min(count_over_time('))
      return over(
        ({ length }) => length,
        (all) => Math.min(...all),
      );
    if (query.startsWith('sum(resets(')) return over((values) => values.filter((value, i) => value < (values[i - 1] ?? value)).length, add);
    if (query.startsWith('min('))
      return now(
        (value) => value,
        (all) => Math.min(...all),
      );
    return query.startsWith('sum') ? now((value) => (query.includes('round(') ? Math.floor(value + 0.5) : value), add) : null;
  };
  const selected = (query: string): History[] => {
    const selector = Object.keys(MATCHERS).findLast((one) => query.includes(one)) ?? '';
    return histories.filter(({ labels }) => MATCHERS[selector]?.(labels) === true);
  };
  const groupsOf = (query: string): Map<string, History[]> => {
    const label = /by \((\w+)\)/.exec(query)?.[1];
    return Map.groupBy(selected(query), ({ labels }) => (label === undefined ? '{}' : JSON.stringify({ [label]: labels[label] })));
  };
  const pointsOf = (value: (at: Instant) => number | undefined, from: Instant, to: Instant, stepMs: number) => {
    const points: { at: Instant; value: number }[] = [];
    for (let at = from; at <= to; at = instant(at + stepMs)) {
      const found = value(at);
      if (found !== undefined && !Number.isNaN(found)) points.push({ at, value: found });
    }
    return points;
  };
  return {
    asked,
    readRange: (query, { from, to, stepMs }): Promise<SourceRead> => {
      asked.push(query);
      const total = aggregate(query);
      if (total !== null && !sums) return Promise.resolve({ kind: 'failed', code: 'bad_query', reason: 'no sums here' });
      const series =
        total === null
          ? selected(query).map((one) => ({ labels: one.labels, points: pointsOf((at) => valueAt(one, at), from, to, stepMs) }))
          : [...groupsOf(query)].map(([group, all]) => ({
              labels: JSON.parse(group) as Record<string, string>,
              points: pointsOf((at) => total(at, all), from, to, stepMs),
            }));
      const read = series.filter(({ points }) => points.length > 0);
      return Promise.resolve({
        kind: 'read',
        series: read,
        samples: read.reduce((sum, { points }) => sum + points.length, 0),
        warnings: [],
      });
    },
  };
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

/** Cells of each group, oldest first. */
async function cellsOf(source: MetricSource, indicator: PrometheusIndicator, chunk: BackfillChunk) {
  const read = await readPast(source, indicator, chunk);
  if (read.kind === 'failed') throw new Error(read.reason);
  return [...read.groups].filter(([, cells]) => cells.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

const isSum = (query: string): boolean => /^sum[^(]*\((?!resets)/.test(query);
const isFollowed = (query: string): boolean => query in MATCHERS;
const steady = (n: number, gain: number, events: readonly Event[] = []): History =>
  historyOf({ job: 'api', instance: 'i', code: n === 0 ? '500' : '200', n: String(n) }, { gain, start: n, events });
const hours = (from: number, to: number): BackfillChunk => ({
  span: { from: atStep(from * HOUR_STEPS), to: atStep(to * HOUR_STEPS) },
  read: { from: atStep((from - 1) * HOUR_STEPS), to: atStep((to + 1) * HOUR_STEPS) },
});
const [ERRORS] = indicators as [PrometheusIndicator];

describe('counters that their source adds up where they are calm', () => {
  test('count to the event what they count followed one by one', async () => {
    let added = 0;
    await fc.assert(
      fc.asyncProperty(histories, chunks, fc.constantFrom(...indicators), fc.boolean(), async (all, chunk, indicator, isModern) => {
        const source = sourceOf(all, { isModern });
        expect(await cellsOf(source, indicator, chunk)).toEqual(await cellsOf(sourceOf(all, { sums: false }), indicator, chunk));
        if (source.asked.some(isSum)) added += 1;
      }),
      { numRuns: 80 },
    );
    expect(added).toBeGreaterThan(20);
  }, 60_000);

  test.each([true, false])(
    'are not followed at all where nothing befalls them, whether ranges hold their start or not',
    async (isModern) => {
      const all = [steady(0, 1), steady(1, 5), steady(2, 3)];
      const source = sourceOf(all, { isModern });
      const cells = await cellsOf(source, ERRORS, hours(0, 5));
      expect(source.asked.filter(isFollowed)).toEqual([]);
      expect(cells).toEqual(await cellsOf(sourceOf(all, { sums: false }), ERRORS, hours(0, 5)));
      expect(cells[0]?.[1]).toHaveLength(5 * HOUR_STEPS * 3);
    },
  );

  test.each<[string, Event]>([
    ['falls while others gain more', { step: 5 * HOUR_STEPS + 7, kind: 'fall', length: 0 }],
    ['is gone for one step while others gain more', { step: 5 * HOUR_STEPS + 7, kind: 'gone', length: 1 }],
    ['comes back after hours', { step: HOUR_STEPS, kind: 'gone', length: 4 * HOUR_STEPS + 7 }],
  ])('are followed through the hour in which one %s', async (_what, befallen) => {
    const all = [
      historyOf({ job: 'api', instance: 'i', code: '404' }, { gain: 0, start: 3, events: [befallen] }),
      steady(1, 9),
      steady(2, 9),
    ];
    const source = sourceOf(all);
    const cells = await cellsOf(source, ERRORS, hours(0, 5));
    expect(source.asked.some(isSum)).toBe(true);
    expect(source.asked.some(isFollowed)).toBe(true);
    expect(cells).toEqual(await cellsOf(sourceOf(all, { sums: false }), ERRORS, hours(0, 5)));
  });

  test('are rounded one by one, so that halves which make up a whole are two', async () => {
    const half: Event = { step: 5 * HOUR_STEPS + 7, kind: 'part', length: 4 };
    const all = [steady(1, 0, [half]), steady(2, 0, [half])];
    const source = sourceOf(all);
    const cells = await cellsOf(source, ERRORS, hours(0, 5));
    expect(source.asked.some(isSum)).toBe(true);
    expect(cells[0]?.[1].reduce((sum, { good }) => sum + good, 0)).toBe(2);
    expect(cells).toEqual(await cellsOf(sourceOf(all, { sums: false }), ERRORS, hours(0, 5)));
  });

  type Answer = Extract<SourceRead, { kind: 'read' }>;
  const answers: [string, (read: Answer) => SourceRead][] = [
    ['nothing', (read) => ({ ...read, series: [] })],
    ['a failure', () => ({ kind: 'failed', code: 'bad_query', reason: 'what is round()?' })],
    ['nonsense', () => ({ kind: 'failed', code: 'bad_answer', reason: 'not in JSON' })],
    ['one point less', ({ series, ...read }) => ({ ...read, series: series.map((one) => ({ ...one, points: one.points.slice(1) })) })],
    [
      'two series for one',
      ({ series, ...read }) => ({ ...read, series: [...series, ...series.map((one) => ({ ...one, labels: { a: 'b' } }))] }),
    ],
    [
      'less than nothing',
      ({ series, ...read }) => ({
        ...read,
        series: series.map((one) => ({ ...one, points: one.points.map((point) => ({ ...point, value: -0.5 })) })),
      }),
    ],
  ];
  const questions = ['min(count_over_time(x', 'sum(resets(x', 'sum(round(x', 'sum(round(x_total{', 'min(x'];
  const kinds = questions.flatMap((question) => answers.map(([what, change]) => ({ question, what, change })));
  // A role within another one may have no series, and a sum of twice as many groups is one of groups.
  const isMeant = ({ question, what }: { question: string; what: string }): boolean =>
    !(question === 'sum(round(x_total{' && what === 'nothing') && !(question.startsWith('sum(round(') && what === 'two series for one');
  test.each(kinds.filter(isMeant))('are followed one by one where $question… is answered with $what', async ({ question, change }) => {
    const all = [steady(0, 1), steady(1, 5), steady(2, 3)];
    const sound = sourceOf(all);
    const odd: MetricSource = {
      readRange: async (query, span) => {
        const read = await sound.readRange(query, span);
        return query.startsWith(question) && read.kind === 'read' ? change(read) : read;
      },
    };
    const cells = await cellsOf(odd, ERRORS, hours(0, 5));
    expect(sound.asked.filter(isFollowed).length).toBeGreaterThan(0);
    expect(cells).toEqual(await cellsOf(sourceOf(all, { sums: false }), ERRORS, hours(0, 5)));
  });

  test('are not asked for one by one of a source that is away', async () => {
    const asked: string[] = [];
    const away = (query: string): Promise<SourceRead> => {
      asked.push(query);
      return Promise.resolve({ kind: 'failed', code: 'unreachable', reason: 'connect ECONNREFUSED' });
    };
    expect(await readPast({ readRange: away }, ERRORS, hours(0, 5))).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(asked).toEqual(['min(x_total)']);
  });
});
