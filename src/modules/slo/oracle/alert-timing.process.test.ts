import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DAY_MS, type DurationMs, HOUR_MS, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import type { MetricSource, SourceSeries } from '#modules/signals/port.ts';
import { readIndicator, startReading } from '#modules/signals/source/read-indicator.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import {
  badOf,
  countByHand,
  FIRST_JUDGED,
  lengthMs,
  type Outage,
  OUTAGES,
  PAIRS,
  type Severity,
  STEP_MS,
  TARGET,
  type Timing,
  timingOf,
  VALID,
} from '#testing/outages.ts';
import { openMetricsText, type TextSeries } from '#testing/process/exposition.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { createCounts } from '../core/counts/counts.ts';
import { createFlatCounts, type FlatCounts } from '../core/counts/flat-counts.ts';
import { NOT_EVALUATED, step, termsOf } from '../core/evaluate.ts';
import { exportRules } from '../rules/export-rules.ts';
import { promDuration } from '../rules/pairs.ts';

/*
 * Nine outages, judged at the end of every 30 s by four: adding up by hand; our engine, on cells that our source read from
 * a real Prometheus; that Prometheus itself, on the raw counters; and the rules that we export, evaluated level by level
 * by Prometheus, the recorded series of each level written into the next one's history.
 */
const T0 = instant(Date.UTC(2026, 0, 5));
const END = plus(T0, Math.max(...OUTAGES.map(lengthMs)));
const JUDGED_FROM = plus(T0, (FIRST_JUDGED + 1) * STEP_MS);
/** As much as a poll reads at once. */
const POLL_MS = 2 * HOUR_MS;

type Fired = Record<Severity, boolean[]>;
type Judge = Map<string, Fired>;

const running: PrometheusProcess[] = [];
afterAll(async () => {
  for (const one of running) await one.stop();
});

async function sourceOf(series: readonly TextSeries[]): Promise<MetricSource> {
  const started = await startPrometheus({ openMetrics: openMetricsText(series), blockDuration: '240h' });
  running.push(started);
  const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 30_000, maxBytes: 128_000_000, maxRedirects: 0 });
  const connection = { url: started.url, headers: {}, tenant: null, auth: { kind: 'none' }, tls: null, timeoutMs: 30_000 } as const;
  return createPrometheusSource(connection, http);
}

/** Counters from 0 at the start of the lead, scraped at the end of each step. */
function countersOf(outage: Outage): TextSeries[] {
  const labels = { job: 'shop', scenario: outage.slug };
  const bad = badOf(outage);
  const counter = (name: string, added: (i: number) => number): TextSeries => {
    let value = 0;
    const points = Array.from({ length: bad.length + 1 }, (_, i) => {
      if (i > 0) value += added(i - 1);
      return { atS: (T0 + i * STEP_MS) / SECOND_MS, value };
    });
    return { name, labels, points };
  };
  return [counter('requests_total', () => VALID), counter('errors_total', (i) => bad[i] ?? 0)];
}

function byHand(): Judge {
  return new Map(
    OUTAGES.map((outage) => {
      const bad = badOf(outage);
      return [outage.slug, { page: countByHand(bad, 'page'), ticket: countByHand(bad, 'ticket') }];
    }),
  );
}

/** What the source reads of the Prometheus, as polls do that go on from each other, by scenario. */
async function readCells(source: MetricSource): Promise<Map<string, FlatCounts>> {
  const indicator = PrometheusIndicator.parse({
    kind: 'prometheus',
    source: 'main',
    valid: 'requests_total',
    bad: 'errors_total',
    groupBy: ['scenario'],
  });
  const flats = new Map(OUTAGES.map(({ slug }) => [JSON.stringify([slug]), createFlatCounts()]));
  let read = await startReading(source, indicator, T0);
  for (let from = T0; from < END; from = plus(from, POLL_MS)) {
    if (read.kind === 'failed') throw new Error(`${read.code}: ${read.reason}`);
    read = await readIndicator(source, indicator, read.state, { from, to: plus(from, POLL_MS) });
    if (read.kind === 'failed') throw new Error(`${read.code}: ${read.reason}`);
    for (const [group, cells] of read.groups) for (const cell of cells) flats.get(group)?.put(cell.at, cell.good, cell.bad);
  }
  return flats;
}

function byEngine(cells: ReadonlyMap<string, FlatCounts>): Judge {
  return new Map(
    OUTAGES.map((outage) => {
      const terms = termsOf({
        target: TARGET,
        window: { kind: 'rolling', text: '30d', ms: 30 * DAY_MS },
        scrapeMs: STEP_MS,
        intervalMs: STEP_MS,
      });
      const source = createCounts(cells.get(JSON.stringify([outage.slug])) ?? createFlatCounts());
      const fired: Fired = { page: [], ticket: [] };
      let previous = NOT_EVALUATED;
      for (let i = FIRST_JUDGED; i < lengthMs(outage) / STEP_MS; i += 1) {
        previous = step(terms, source, plus(T0, (i + 1) * STEP_MS), previous);
        fired.page.push(previous.page !== null);
        fired.ticket.push(previous.ticket);
      }
      return [outage.slug, fired];
    }),
  );
}

async function ask(source: MetricSource, query: string, from = JUDGED_FROM, to = END): Promise<readonly SourceSeries[]> {
  const read = await source.readRange(query, { from, to, stepMs: STEP_MS });
  if (read.kind === 'failed') throw new Error(`${query}: ${read.code} ${read.reason}`);
  return read.series;
}

/** An alert fires where its expression has a value. */
function firedOf(series: readonly SourceSeries[], outage: Outage): boolean[] {
  const at = new Set(series.flatMap(({ points }) => points.map((point) => point.at)));
  return Array.from({ length: lengthMs(outage) / STEP_MS - FIRST_JUDGED }, (_, i) => at.has(plus(JUDGED_FROM, i * STEP_MS)));
}

/** The window pairs as PromQL on the raw counters. */
async function byPrometheus(source: MetricSource): Promise<Judge> {
  const ratio = (windowMs: DurationMs): string => {
    const sum = (name: string): string => `sum by (scenario) (rate(${name}[${promDuration(windowMs)}]))`;
    return `${sum('errors_total')} / ${sum('requests_total')}`;
  };
  const expression = (severity: Severity): string =>
    PAIRS[severity]
      .map(([longMs, shortMs, factor]) => `(${ratio(shortMs)} > ${factor} * 0.001 and ${ratio(longMs)} > ${factor} * 0.001)`)
      .join(' or ');
  const [page, ticket] = [await ask(source, expression('page')), await ask(source, expression('ticket'))];
  return new Map(
    OUTAGES.map((outage) => {
      const own = (series: readonly SourceSeries[]) => series.filter(({ labels }) => labels['scenario'] === outage.slug);
      return [outage.slug, { page: firedOf(own(page), outage), ticket: firedOf(own(ticket), outage) }];
    }),
  );
}

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
}

function rulesOf(outage: Outage): Rule[] {
  const selector = (name: string): string => `${name}{scenario="${outage.slug}"}`;
  const indicator = { kind: 'prometheus', source: 'main', valid: selector('requests_total'), bad: selector('errors_total') } as const;
  const { text, notExported } = exportRules([{ slug: outage.slug, definition: { service: 'shop', target: TARGET, indicator } }]);
  expect(notExported).toEqual([]);
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
}

/** What rules record when they are evaluated every 30 s, each by itself. */
async function recordAll(source: MetricSource, rules: readonly { rule: Rule; outage: Outage }[], from: typeof T0): Promise<TextSeries[]> {
  const recorded: TextSeries[] = [];
  for (const { rule, outage } of rules) {
    const to = plus(T0, lengthMs(outage));
    for (const { labels, points } of await ask(source, rule.expr, from, to)) {
      const { __name__: _, ...kept } = labels;
      // A step without a value would have to end the series, which a history does not tell.
      const first = points[0]?.at ?? to;
      expect(points).toHaveLength((to - first) / STEP_MS + 1);
      recorded.push({
        name: rule.record ?? '',
        labels: { ...kept, ...rule.labels },
        points: points.map(({ at, value }) => ({ atS: at / SECOND_MS, value: Number(value) })),
      });
    }
  }
  return recorded;
}

type OfOutage = { rule: Rule; outage: Outage };

/** Rules by what they need: the first level raw counters alone, each other one what those before it recorded. */
function levelsOf(all: readonly OfOutage[]): OfOutage[][] {
  const levels: OfOutage[][] = [];
  let rest = all;
  while (rest.length > 0) {
    const open = new Set(rest.map(({ rule }) => rule.record));
    const needs = ({ rule }: OfOutage): boolean => [...rule.expr.matchAll(/[a-z_]+:[\w:]+/g)].some(([name]) => open.has(name));
    const level = rest.filter((one) => !needs(one));
    if (level.length === 0) throw new Error('rules need each other');
    levels.push(level);
    rest = rest.filter(needs);
  }
  return levels;
}

/** The rules that alerts hang on; those of the budget, which is of the whole period, are not judged here. */
const isJudged = ({ rule }: OfOutage): boolean =>
  rule.alert !== undefined || /^slo:sli_(total|bad):|^slo:sli_error:ratio_rate(5m|30m|1h|2h|6h|1d|3d)$/.test(rule.record ?? '');

async function byRules(counters: readonly TextSeries[], first: MetricSource): Promise<Judge> {
  const levels = levelsOf(OUTAGES.flatMap((outage) => rulesOf(outage).map((rule) => ({ rule, outage }))).filter(isJudged));
  expect(levels.map((level) => level.length / OUTAGES.length)).toEqual([2, 2, 7, 2]);
  let source = first;
  let series = [...counters];
  for (const level of levels.slice(0, -1)) {
    const isRatio = level.every(({ rule }) => rule.record?.includes(':ratio') === true);
    const recorded = await recordAll(source, level, isRatio ? plus(JUDGED_FROM, -STEP_MS) : T0);
    series = [...series, ...recorded];
    source = await sourceOf(series);
  }
  const judge: Judge = new Map();
  for (const { rule, outage } of levels.at(-1) ?? []) {
    const fired = judge.get(outage.slug) ?? { page: [], ticket: [] };
    const severity = rule.labels?.['sloth_severity'] === 'page' ? 'page' : 'ticket';
    fired[severity] = firedOf(await ask(source, rule.expr, JUDGED_FROM, plus(T0, lengthMs(outage))), outage);
    judge.set(outage.slug, fired);
  }
  return judge;
}

const judges: Record<'hand' | 'engine' | 'prometheus' | 'rules', Judge> = {
  hand: byHand(),
  engine: new Map(),
  prometheus: new Map(),
  rules: new Map(),
};

beforeAll(async () => {
  const counters = OUTAGES.flatMap(countersOf);
  const source = await sourceOf(counters);
  judges.engine = byEngine(await readCells(source));
  judges.prometheus = await byPrometheus(source);
  judges.rules = await byRules(counters, source);
}, 120_000);

const severities = ['page', 'ticket'] as const;
const cases = OUTAGES.flatMap((outage) => severities.map((severity) => ({ outage, severity, name: outage.name })));

describe.each(cases)('the $severity of an outage of $name', ({ outage, severity }) => {
  const firedBy = (judge: keyof typeof judges): boolean[] => judges[judge].get(outage.slug)?.[severity] ?? [];
  const timingBy = (judge: keyof typeof judges): Timing | 'never' => timingOf(firedBy(judge), outage);

  /** How much later one judge fires and ends than the engine; null where neither ever fires. */
  function delayOf(judge: keyof typeof judges): { fires: number; ends: number } | null {
    const [own, engine] = [timingBy(judge), timingBy('engine')];
    if (own === 'never' || engine === 'never') {
      expect(own).toBe(engine);
      return null;
    }
    expect(own.times).toBe(engine.times);
    return { fires: own.fires - engine.fires, ends: own.ends - engine.ends };
  }

  test('is told by the engine at every step as by adding up by hand', () => {
    expect(firedBy('engine')).toEqual(firedBy('hand'));
  });

  test('fires and ends in Prometheus within one evaluation of the engine', () => {
    const delay = delayOf('prometheus');
    if (delay === null) return;
    expect(Math.abs(delay.fires)).toBeLessThanOrEqual(STEP_MS);
    expect(Math.abs(delay.ends)).toBeLessThanOrEqual(STEP_MS);
  });

  test('is told by the exported rules at every step as by adding up by hand', () => {
    expect(firedBy('rules')).toEqual(firedBy('hand'));
  });

  test('fires and ends when the table says', () => {
    const [told, actual] = [outage[severity], timingBy('engine')];
    if (told === 'never' || actual === 'never') {
      expect(actual).toBe(told);
      return;
    }
    expect(actual.times).toBe(told.times);
    expect(Math.abs(actual.fires - told.fires)).toBeLessThanOrEqual(STEP_MS);
    if (told.ends !== null) expect(Math.abs(actual.ends - told.ends)).toBeLessThanOrEqual(STEP_MS);
  });
});
