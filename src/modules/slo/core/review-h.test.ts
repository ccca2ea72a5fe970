import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { CELL_MS, countsOf, createCounts } from './counts/counts.ts';
import { createFlatCounts } from './counts/flat-counts.ts';
import { NOT_EVALUATED, type Evaluation, step, termsOf } from './evaluate.ts';
import { decideTakeover } from './takeover.ts';
import { createRing } from '../../signals/core/ring.ts';
import { emptySteps, HOUR_TIER, packSteps } from '../../signals/core/packed.ts';
import { CorrectionRule, mergeSpans } from './counts/corrections.ts';
import { expandCorrection } from '../corrections/expand-correction.ts';

const T0 = instant(Date.UTC(2026, 10, 19, 12));

function packed(cells: Record<number, [number, number]>) {
  const row = emptySteps(HOUR_TIER.steps);
  for (const [i, [g, b]] of Object.entries(cells)) {
    row.observed[Number(i)] = 1;
    row.good[Number(i)] = g;
    row.bad[Number(i)] = b;
  }
  return packSteps(row, HOUR_TIER);
}

describe('ring revision and corrections', () => {
  test('late data inside an exclusion of the open hour stays excluded', () => {
    const ring = createRing({ origin: plus(T0, -HOUR_MS) });
    const cells: Record<number, [number, number]> = {};
    for (let i = 0; i < 180; i += 1) cells[i] = [100, 0];
    ring.applyHour(T0, packed(cells));
    // exclude 12:00 .. 12:10
    const counts = createCounts(ring, [{ from: T0, to: plus(T0, 10 * MINUTE_MS), recount: null }]);
    const now = plus(T0, 30 * MINUTE_MS);
    expect(countsOf(counts, T0, now).bad).toBe(0);
    // at 12:30 another exporter delivers for cell 12:09:50
    cells[59] = [100, 5000];
    ring.applyHour(T0, packed(cells));
    expect(countsOf(counts, T0, now).bad).toBe(0);
  });
  test('late data before an exclusion of the open hour', () => {
    const ring = createRing({ origin: plus(T0, -HOUR_MS) });
    const cells: Record<number, [number, number]> = {};
    for (let i = 0; i < 180; i += 1) cells[i] = [100, 0];
    ring.applyHour(T0, packed(cells));
    const counts = createCounts(ring, [{ from: plus(T0, 10 * MINUTE_MS), to: plus(T0, 20 * MINUTE_MS), recount: null }]);
    expect(countsOf(counts, T0, plus(T0, 15 * MINUTE_MS)).bad).toBe(0);
    cells[0] = [100, 5000];
    ring.applyHour(T0, packed(cells));
    expect(countsOf(counts, T0, plus(T0, 15 * MINUTE_MS)).bad).toBe(5000);
  });
});

describe('takeover', () => {
  test('away from a dead source while a page is held', () => {
    const terms = termsOf({ target: 0.999, window: { kind: 'rolling', text: '30d', ms: 720 * HOUR_MS }, intervalMs: 10_000 });
    const flat = createFlatCounts();
    for (let ms = 0; ms < 2 * HOUR_MS; ms += CELL_MS) flat.put(instant(ms), 50, 50);
    const dead = createCounts(flat);
    let ev: Evaluation = step(terms, dead, instant(2 * HOUR_MS), NOT_EVALUATED);
    expect(ev.page).toBe('critical');
    // the source dies at 2 h; the SRE edits the source at 3 h; ten days pass with the new one healthy
    const fresh = createFlatCounts();
    for (let ms = 3 * HOUR_MS; ms < 243 * HOUR_MS; ms += CELL_MS) fresh.put(instant(ms), 100, 0);
    for (let h = 2; h <= 243; h += 1) ev = step(terms, dead, instant(h * HOUR_MS), ev);
    const now = instant(243 * HOUR_MS);
    const verdict = decideTakeover({
      current: { terms, source: dead },
      pending: { terms, source: createCounts(fresh) },
      isSameIndicator: false,
      previous: ev,
      now,
    });
    console.log('held', ev, JSON.stringify(verdict));
    expect(verdict.takesOver).toBe(true);
  });
});

describe('budget share', () => {
  test('month turn does not resolve a page of a quiet service', () => {
    const window = { kind: 'calendar', unit: 'month', timeZone: 'UTC' } as const;
    const terms = termsOf({
      target: 0.99,
      window,
      intervalMs: 10_000,
      alerting: { preset: 'default', mode: 'budget_share', groups: 'rollup', minBadCount: 2, alphaRatio: 0.01, exhausted: true, noDataAfter: '10m' },
    });
    const start = Date.UTC(2026, 9, 1);
    const turn = Date.UTC(2026, 10, 1);
    const flat = createFlatCounts();
    // one request a minute; the last 3 hours all fail
    for (let ms = start; ms < turn + 10 * MINUTE_MS; ms += CELL_MS) {
      const hit = (ms - start) % MINUTE_MS === 30_000 ? 1 : 0;
      const bad = ms >= turn - 3 * HOUR_MS ? hit : 0;
      flat.put(instant(ms), hit - bad, bad);
    }
    const source = createCounts(flat);
    const past = (at: number) => ({ ...source, lastEnd: () => instant(at) });
    let ev: Evaluation = NOT_EVALUATED;
    const log: string[] = [];
    for (let at = turn - 10 * MINUTE_MS; at <= turn + 5 * MINUTE_MS; at += CELL_MS) {
      const next = step(terms, past(at), instant(at), ev);
      if (next.page !== ev.page) log.push(`${new Date(at).toISOString()} ${next.page}`);
      ev = next;
    }
    console.log(log);
    expect(log.length).toBe(1);
  });
});

describe('gaps bad', () => {
  test('one failure at one request in six minutes does not page because of a 10 s gap', () => {
    const terms = termsOf({ target: 0.999, gaps: 'bad', window: { kind: 'rolling', text: '30d', ms: 720 * HOUR_MS }, intervalMs: 10_000 });
    const flat = createFlatCounts();
    const end = 48 * HOUR_MS;
    for (let ms = 0; ms < end; ms += CELL_MS) {
      if (ms === end - 50 * MINUTE_MS) continue;
      const hit = ms % (6 * MINUTE_MS) === 0 ? 1 : 0;
      const bad = hit && ms >= end - 6 * MINUTE_MS + 1 - 60_000 ? 1 : 0;
      flat.put(instant(ms), hit - bad, bad);
    }
    // the short window of 5 m must hold the failure
    let paged: unknown = null;
    for (let e = end - 5 * MINUTE_MS; e <= end; e += CELL_MS) {
      const s = createCounts(flat);
      const ev = step(terms, { ...s, lastEnd: () => instant(e) }, instant(e), NOT_EVALUATED);
      if (ev.page !== null) paged = ev.burn.firing;
    }
    expect(paged).toBe(null);
  });
});

describe('rrules', () => {
  const rule = (rrule: string, to = 30 * MINUTE_MS) =>
    CorrectionRule.safeParse({ kind: 'exclude', from: new Date(T0).toISOString(), to: new Date(T0 + to).toISOString(), rrule });
  const expand = (rrule: string) => {
    const read = rule(rrule);
    if (!read.success) return `refused ${read.error.issues[0]?.message}`;
    const t = performance.now();
    try {
      const spans = expandCorrection(read.data, plus(T0, -400 * 24 * HOUR_MS), plus(T0, 2 * 24 * HOUR_MS));
      return `${spans.length} spans in ${(performance.now() - t).toFixed(0)} ms`;
    } catch (error) {
      return `THROWS ${String(error)} in ${(performance.now() - t).toFixed(0)} ms`;
    }
  };
  for (const text of [
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=WEEKLY;FOO=1',
    'FREQ=DAILY;UNTIL=nonsense'.toUpperCase(),
    'FREQ=DAILY;BYMONTH=13',
    'FREQ=MONTHLY;BYMONTHDAY=99',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=-1',
    'FREQ=DAILY;BYHOUR=99',
    'FREQ=DAILY;INTERVAL=-1',
    'FREQ=WEEKLY;WKST=XX',
    'FREQ=DAILY;DTSTART=20260101T000000Z',
    'FREQ=DAILY;RSCALE=CHINESE',
    'FREQ=MONTHLY;BYSETPOS=0',
    'FREQ=DAILY',
    'FREQ=YEARLY;BYWEEKNO=99',
  ])
    test(text, () => {
      console.log(text, '→', expand(text));
    });
  test('old daily rule cost', () => {
    const from = T0 - 1000 * 24 * HOUR_MS;
    const read = CorrectionRule.parse({ kind: 'exclude', from: new Date(from).toISOString(), to: new Date(from + 45 * MINUTE_MS).toISOString(), rrule: 'FREQ=DAILY', timeZone: 'Europe/Berlin' });
    const t = performance.now();
    const spans = expandCorrection(read, plus(T0, -400 * 24 * HOUR_MS), plus(T0, 2 * 24 * HOUR_MS));
    const t2 = performance.now();
    mergeSpans(spans);
    const t3 = performance.now();
    mergeSpans([...spans, ...spans, ...spans, ...spans, ...spans]);
    console.log('daily', spans.length, 'expand', (t2 - t).toFixed(0), 'merge', (t3 - t2).toFixed(0), 'merge of 5', (performance.now() - t3).toFixed(0));
  });
});
