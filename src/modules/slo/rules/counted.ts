import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import { asRead } from '#modules/signals/index.ts';
import type { DefinitionInput } from '../openslo/definition.ts';
import { promDuration } from './pairs.ts';
import { isPromql, isSelector, selectionOf, usesWindow, withCounts, withWindow } from './promql.ts';

export const EVALUATION_MS = 30 * SECOND_MS;

export type NotCountedCode = 'kind_not_queryable' | 'in_slices' | 'not_counts' | 'not_a_selector' | 'not_promql' | 'no_window';

/** How many events there were in the 30 s up to an evaluation. */
export interface Events {
  total: Counted;
  bad: Counted;
}

/**
 * `seen`: the events of the interval that ends with the evaluation, as far as they have arrived. `before`: those of the
 * interval before it, asked again; null where a query cannot be asked of an earlier time.
 */
export interface Counted {
  seen: string;
  before: string | null;
}

type Query = (backMs: DurationMs) => string;

/** What counts all and bad events, or why nothing does. Counters are scraped every `scrapeMs`. */
export function eventsOf({ indicator }: DefinitionInput, scrapeMs: DurationMs): Events | Because<NotCountedCode> {
  if (indicator.kind !== 'prometheus' && indicator.kind !== 'promql') {
    return because('kind_not_queryable', `its events are pushed to Nines (${indicator.kind}), and Prometheus does not have them`);
  }
  if (indicator.slices !== undefined) return because('in_slices', 'it counts slices of time, and these rules count events');
  const { valid, good, bad } = indicator;
  const other = good ?? bad;
  if (valid === undefined || other === undefined)
    return because('not_counts', 'it gives no counts of events: a histogram, or a ratio alone');
  const queries = [valid, other] as const;
  const isGood = good !== undefined;
  if (indicator.kind === 'promql') return ownQueries(queries, isGood, scrapeMs);
  const odd = queries.find((query) => !isSelector(query));
  if (odd !== undefined) return because('not_a_selector', `${odd} is not a selector of series`, { query: odd });
  const gains = (query: string): Query => {
    const selector = asRead(selectionOf(query)?.selector ?? query);
    return (backMs) => `sum(${gained(selector, { scrapeMs, backMs })})`;
  };
  return countedOf(gains(valid), gains(other), isGood);
}

/**
 * What each counter gained in the interval that ended `backMs` ago: its last value by then less its last value an interval
 * earlier. So every gain is in one interval, the one in which it shows, whole and undivided, whatever the scrapes' rhythm;
 * a missed scrape's is in the next. A counter that fell began again at 0; one without an earlier value gains nothing. The
 * comparison with 0 lets no NaN through.
 */
function gained(selector: string, { scrapeMs, backMs }: { scrapeMs: DurationMs; backMs: DurationMs }): string {
  const range = promDuration(Math.max(5 * MINUTE_MS, 4 * scrapeMs));
  const last = (ms: DurationMs): string => `last_over_time(${selector}[${range}]${ms === 0 ? '' : ` offset ${promDuration(ms)}`})`;
  const [now, before] = [last(backMs), last(backMs + EVALUATION_MS)];
  return `${now} - (${before} <= ${now} or 0 * ${before}) >= 0`;
}

/** Both counts of one difference are asked in one query, as Prometheus shows each query one state of all series. */
function countedOf(valid: Query, other: Query, isGood: boolean): Events {
  const counted = (query: Query): Counted => ({ seen: query(0), before: query(EVALUATION_MS) });
  const rest: Query = (backMs) => `clamp_min(${valid(backMs)} - (${other(backMs)} or 0 * ${valid(backMs)}), 0)`;
  return { total: counted(valid), bad: counted(isGood ? rest : other) };
}

function ownQueries(queries: readonly [string, string], isGood: boolean, scrapeMs: DurationMs): Events | Because<NotCountedCode> {
  const wrong = queries.find((query) => !isPromql(query));
  if (wrong !== undefined) return because('not_promql', `${wrong} is not PromQL`, { query: wrong });
  const fixed = queries.find((query) => !usesWindow(query));
  if (fixed !== undefined)
    return because('no_window', `${fixed} does not say $window, so the length that it counts over is unknown`, { query: fixed });
  const read = queries.map((query) => asRead(query));
  const [valid, other] = read.map((query) => gainsOf(query, scrapeMs));
  if (valid !== undefined && valid !== null && other !== undefined && other !== null) return countedOf(valid, other, isGood);
  return overRanges(read, isGood, scrapeMs);
}

/** The query with each increase told by gains; null where it does more than count, and cannot be asked of an earlier time. */
function gainsOf(query: string, scrapeMs: DurationMs): Query | null {
  const asked = (backMs: DurationMs) => withCounts(query, (selector) => `(${gained(selector, { scrapeMs, backMs })})`);
  if (asked(0) === null) return null;
  // A comment in the query ends with its line.
  return (backMs) => `sum(\n${asked(backMs) ?? ''}\n)`;
}

function overRanges(queries: readonly string[], isGood: boolean, scrapeMs: DurationMs): Events {
  const [total = '', other = ''] = queries.map((query) => overRange(query, scrapeMs));
  const counted = `${other} or 0 * (${total})`;
  const bad = isGood ? `clamp_min(${total} - (${counted}), 0)` : counted;
  // Bad events of a time whose total is unknown would weigh on the rest.
  return { total: { seen: total, before: null }, bad: { seen: `(${bad}) and (${total})`, before: null } };
}

/**
 * A query that does more than count is asked over the shortest range that holds an interval's gains, which is an interval and
 * a scrape; where too few scrapes are in it, over a longer one, brought down to the interval.
 */
function overRange(query: string, scrapeMs: DurationMs): string {
  const over = (rangeMs: DurationMs): string =>
    `(sum(\n${withWindow(query, promDuration(rangeMs))}\n) >= 0) * ${EVALUATION_MS / SECOND_MS} / ${rangeMs / SECOND_MS}`;
  return `(${over(EVALUATION_MS + scrapeMs - 1)} or ${over(Math.max(2 * MINUTE_MS, 4 * scrapeMs))})`;
}
