import { z } from 'zod';
import { instant, SECOND_MS } from '#kernel/instant.ts';
import type { SourcePoint, SourceSeries } from '#modules/signals/port.ts';

/**
 * Nearly all of an answer is series of floats, written in one way by everything that speaks Prometheus' API. They are taken
 * out of the text here, without making an object of each of their parts first; whatever is written otherwise (histograms,
 * braces in labels, blanks) makes the whole answer go the long way, through JSON and its schema, as does the rest of it.
 */
export interface PlainSeries {
  series: SourceSeries[];
  /** The answer with no series in it. */
  rest: string;
}

/** Labels by how they are written, so that a series that comes with every answer has one and the same object. */
export interface KnownLabels {
  /** Those that are written from a place on, up to the next brace. */
  at(body: string, from: number): { written: string; labels: SourceSeries['labels'] } | null;
}

interface Known {
  written: string;
  labels: SourceSeries['labels'];
  /** What was written after it the last time: answers tell of series in the same order, as a rule. */
  next: Known | null;
}

const Labels = z.record(z.string(), z.string());
const LABELS_KEPT = 100_000;

export function createKnownLabels(): KnownLabels {
  let young = new Map<string, Known>();
  let old = new Map<string, Known>();
  let last: Known | null = null;
  const find = (written: string): Known | null => {
    const known = young.get(written);
    if (known !== undefined) return known;
    const labels = old.get(written)?.labels ?? parseLabels(written);
    if (labels === null) return null;
    if (young.size >= LABELS_KEPT) {
      old = young;
      young = new Map();
    }
    // What is cut out of an answer holds all of it in memory; a copy does not.
    const copy = Buffer.from(written, 'utf8').toString('utf8');
    const made = { written: copy, labels, next: null };
    young.set(copy, made);
    return made;
  };
  return {
    at(body, from) {
      const next = last?.next ?? null;
      const isNext = next !== null && body.slice(from, from + next.written.length) === next.written;
      const found = isNext ? next : find(body.slice(from, body.indexOf('}', from) + 1));
      if (last !== null) last.next = found;
      last = found;
      return found;
    },
  };
}

function parseLabels(written: string): SourceSeries['labels'] | null {
  try {
    const parsed = Labels.safeParse(JSON.parse(written));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const OPENING = '"result":[';
const METRIC = '{"metric":';
const VALUE = ',"value":[';
const VALUES = ',"values":[[';

/** Null where anything is not as it is written as a rule. */
export function takePlainSeries(body: string, known: KnownLabels): PlainSeries | null {
  const start = body.indexOf(OPENING) + OPENING.length;
  if (start < OPENING.length || !body.startsWith(METRIC, start)) return null;
  const series: SourceSeries[] = [];
  let at = start;
  while (body.startsWith(METRIC, at)) {
    const metric = known.at(body, at + METRIC.length);
    if (metric === null) return null;
    const end = at + METRIC.length + metric.written.length;
    const isMany = body.startsWith(VALUES, end);
    if (!isMany && !body.startsWith(VALUE, end)) return null;
    const points = takePoints(body, end + (isMany ? VALUES : VALUE).length);
    if (points === null || !body.startsWith(isMany ? ']}' : '}', points.end)) return null;
    series.push({ labels: metric.labels, points: points.points });
    at = points.end + (isMany ? 2 : 1);
    if (body.charCodeAt(at) !== COMMA) break;
    at += 1;
  }
  if (body.charCodeAt(at) !== CLOSE) return null;
  return { series, rest: body.slice(0, start) + body.slice(at) };
}

const TIME = /^\d{1,12}(?:\.\d{1,9})?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Points from behind the first one's bracket on, each `time,"value"]`, with `,[` between them. A value that is no number is no point. */
function takePoints(body: string, from: number): { points: SourcePoint[]; end: number } | null {
  const points: SourcePoint[] = [];
  let at = from;
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const comma = body.indexOf(',', at);
    const end = body.indexOf('"', comma + 2);
    if (comma < 0 || end < 0 || body.charCodeAt(comma + 1) !== QUOTE || body.charCodeAt(end + 1) !== CLOSE) return null;
    const time = wholeNumber(body, at, comma) ?? otherNumber(body.slice(at, comma), TIME);
    if (time === null || time <= last) return null;
    last = time;
    const value = wholeNumber(body, comma + 2, end) ?? otherNumber(body.slice(comma + 2, end), NUMBER);
    if (value !== null) points.push({ at: instant(Math.round(time * SECOND_MS)), value });
    else if (body.slice(comma + 2, end) !== 'NaN') return null;
    if (body.charCodeAt(end + 2) !== COMMA || body.charCodeAt(end + 3) !== OPEN) return { points, end: end + 2 };
    at = end + 4;
  }
}

const [QUOTE, COMMA, OPEN, CLOSE, ZERO] = [34, 44, 91, 93, 48];
/** So many digits are exact. */
const DIGITS = 15;

/** What counters are, as a rule; null for anything else. */
function wholeNumber(body: string, from: number, to: number): number | null {
  if (to <= from || to - from > DIGITS) return null;
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = body.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

function otherNumber(text: string, form: RegExp): number | null {
  return form.test(text) ? Number(text) : null;
}
