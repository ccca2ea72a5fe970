import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, instant, SECOND_MS } from '#kernel/instant.ts';
import { INITIAL_COUNTER_STATE } from '#modules/signals/core/counter-columns.ts';
import { PrometheusIndicator, PromqlIndicator } from '#modules/signals/core/indicator.ts';
import { ROLL_UP } from '#modules/signals/core/source/series.ts';
import { readIndicator, startReading } from '#modules/signals/source/read-indicator.ts';
import { END, HISTORY, range, sourceAt, STEP_MS, STEPS, T0 } from '#testing/process/counter-history.ts';
import { openMetricsText } from '#testing/process/exposition.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { startVictoriaMetrics } from '#testing/process/victoria-metrics.ts';

async function countsOf(url: string, definition: Record<string, unknown>) {
  const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', ...definition });
  const read = await readIndicator(sourceAt(url), indicator, INITIAL_COUNTER_STATE, { from: instant(T0 - STEP_MS), to: END });
  if (read.kind === 'failed') throw new Error(`${read.code}: ${read.reason}`);
  const cells = read.groups.get(ROLL_UP) ?? [];
  return {
    good: cells.reduce((sum, cell) => sum + cell.good, 0),
    bad: cells.reduce((sum, cell) => sum + cell.bad, 0),
    /** Cells by the step that they lie in; a step is observed whole or not at all. */
    steps: [...new Set(cells.map(({ at }) => Math.floor((at - T0) / STEP_MS) + 1))],
    cells: cells.length,
    samples: read.samples,
    notes: read.notes,
  };
}

/** What speaks one API and differs in this: whether it tells what it read, what is left of a series that is no number, its words. */
const PEERS = [
  {
    peer: 'Prometheus',
    start: () => startPrometheus({ openMetrics: openMetricsText(HISTORY) }),
    tellsSamples: true,
    lastNumber: 99,
    ambiguous: 'matching must be explicit',
  },
  {
    peer: 'VictoriaMetrics',
    start: () => startVictoriaMetrics(HISTORY),
    tellsSamples: false,
    // It keeps nothing of what is no number, and shows the last number once more.
    lastNumber: 100,
    ambiguous: 'duplicate time series',
  },
];

describe.each(PEERS)('history in a real $peer', ({ start, tellsSamples, lastNumber, ambiguous }) => {
  let prometheus: PrometheusProcess;
  beforeAll(async () => {
    prometheus = await start();
  });
  afterAll(() => prometheus.stop());

  it('counts to the last event, with errors that had no series until the first of them', async () => {
    const found = await countsOf(prometheus.url, { valid: 'late_total', bad: 'late_total{code="500"}' });
    // Three every ten steps from step 100 on, where it is born with a value of 3.
    const errors = 3 * Math.ceil((STEPS - 100) / 10);
    expect([found.good, found.bad]).toEqual([5 * (STEPS - 1), errors]);
    expect(found.cells).toBe((STEPS - 1) * 3);
    expect(found.notes).toEqual([]);
    if (tellsSamples) expect(found.samples).toBeGreaterThan(STEPS);
    else expect(found.samples).toBe(0);
  });

  it('counts a series born at 501 where its target was known, and takes it for a baseline where it was not', async () => {
    const found = await countsOf(prometheus.url, { valid: 'born_total', slices: { when: 'rate_at_least', threshold: 1 } });
    const known = 501 + (STEPS - 201);
    expect(found.good).toBe(2 * (STEPS - 1) + known + (STEPS - 201));
  });

  it('counts from zero after a reset', async () => {
    const found = await countsOf(prometheus.url, { valid: 'reset_total', bad: 'no_such_total' });
    expect([found.good, found.bad]).toEqual([4 * (STEPS - 3) + 2, 0]);
  });

  it('has a gap where there was no number for long, and no zeros', async () => {
    const found = await countsOf(prometheus.url, { valid: 'nan_total', bad: 'no_such_total' });
    expect(found.steps).toEqual([...range(1, lastNumber + 1), ...range(281, STEPS)]);
    expect(found.good).toBe(99 + (STEPS - 281));
  });

  it('counts what happened while a series was away for half an hour', async () => {
    const found = await countsOf(prometheus.url, { valid: 'hole_total', bad: 'no_such_total' });
    expect(found.steps).toEqual(range(1, STEPS));
    expect(found.good).toBe(STEPS - 1);
  });

  it('counts a classic histogram, whose bound is written otherwise', async () => {
    const found = await countsOf(prometheus.url, {
      sli: 'latency',
      valid: 'latency_seconds_count',
      good: 'latency_seconds_bucket{le="1"}',
    });
    const fast = range(1, STEPS).reduce((sum, step) => sum + (step % 2 === 0 ? 7 : 4), 0);
    expect([found.good, found.bad]).toEqual([fast, 7 * (STEPS - 1) - fast]);
  });

  it('answers for the instants that it was asked for, however they lie', async () => {
    const [from, stepMs] = [instant(T0 + 40 * SECOND_MS), 60 * SECOND_MS];
    const read = await sourceAt(prometheus.url).readRange('reset_total', { from, to: instant(from + 100 * stepMs), stepMs });
    const points = read.kind === 'read' ? (read.series[0]?.points ?? []) : [];
    expect(points.map(({ at }) => at)).toEqual(range(0, 101).map((i) => from + i * stepMs));
  });

  it('says what is wrong with a query', async () => {
    const span = { from: T0, to: END, stepMs: STEP_MS };
    expect(await sourceAt(prometheus.url).readRange('late_total{', span)).toMatchObject({ kind: 'failed', code: 'bad_query' });
    const query = 'late_total / on(job) hole_total{job="api"} + on(job) late_total';
    expect(await sourceAt(prometheus.url).readRange(query, span)).toMatchObject({
      code: 'bad_query',
      reason: expect.stringContaining(ambiguous) as string,
    });
  });

  it('counts approximately what PromQL makes of counters', async () => {
    const indicator = PromqlIndicator.parse({
      kind: 'promql',
      source: 'main',
      valid: 'sum(latency_seconds_count - latency_seconds_count offset $window)',
      good: 'sum(latency_seconds_bucket{le="1.0"} - latency_seconds_bucket{le="1.0"} offset $window)',
    });
    const read = await readIndicator(sourceAt(prometheus.url), indicator, INITIAL_COUNTER_STATE, { from: T0, to: END });
    const cells = read.kind === 'read' ? (read.groups.get(ROLL_UP) ?? []) : [];
    expect(cells.reduce((sum, { good, bad }) => sum + good + bad, 0)).toBe(7 * (STEPS - 1));
  });

  it('is counted the same by a poll that goes on from an hour before as by reading all of it', async () => {
    const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'hole_total', bad: 'no_such_total' });
    const source = sourceAt(prometheus.url);
    const start = instant(T0 + 140 * STEP_MS);
    const first = await startReading(source, indicator, start);
    expect(first).toMatchObject({ kind: 'read', groups: new Map() });
    const read = first.kind === 'read' ? await readIndicator(source, indicator, first.state, { from: start, to: END }) : first;
    const good = read.kind === 'read' ? (read.groups.get(ROLL_UP) ?? []).reduce((sum, cell) => sum + cell.good, 0) : 0;
    // It was last scraped at step 99, with a value of 100: what happened in the hole before the start comes with it.
    expect(good).toBe(STEPS - 100);
  });
});

describe('a source that refuses much at once', () => {
  it('is read in halves', async () => {
    const prometheus = await startPrometheus({ openMetrics: openMetricsText(HISTORY), maxSamples: 1_500 });
    try {
      const hour = { from: T0, to: instant(T0 + HOUR_MS) };
      const whole = await sourceAt(prometheus.url).readRange('many_total', { ...hour, stepMs: STEP_MS });
      expect(whole).toMatchObject({ kind: 'read' });
      const found = await countsOf(prometheus.url, {
        valid: 'many_total',
        groupBy: ['shard'],
        slices: { when: 'rate_at_least', threshold: 1 },
      });
      expect(found.good).toBe(45 * (STEPS - 1));
      const fine = await sourceAt(prometheus.url).readRange('many_total', { ...hour, stepMs: 10 * SECOND_MS });
      expect(fine).toMatchObject({ kind: 'failed', code: 'too_much' });
    } finally {
      await prometheus.stop();
    }
  });

  it.each([
    [{ maxSeries: 5 }, 'exceeds 5;'],
    [{ maxSamples: 1_500 }, 'maxSamplesPerQuery=1500 samples'],
  ])('is told by its words where it is a VictoriaMetrics: %j', async (limits, words) => {
    const victoria = await startVictoriaMetrics(HISTORY, limits);
    try {
      const span = { from: T0, to: instant(T0 + HOUR_MS), stepMs: STEP_MS };
      const refused = await sourceAt(victoria.url).readRange('many_total', span);
      expect(refused).toMatchObject({ kind: 'failed', code: 'too_much', reason: expect.stringContaining(words) as string });
    } finally {
      await victoria.stop();
    }
  });
});
