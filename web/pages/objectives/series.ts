import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useMinute } from '../../lib/clock.ts';
import type { Point } from '../../ui/chart/scale.ts';
import type { Objective } from './objective-look.ts';

type SeriesPoint = Answer<'slo', 'getSeries'>['points'][number];

export interface SeriesRange {
  from: number;
  to: number;
}

/** Counts, burn and budget of an objective over a range. Read again each minute. */
export function useSeries(slug: string, range: SeriesRange, points = 200) {
  return useQuery({
    ...api.slo.getSeries.query({
      params: { slug },
      query: { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), points },
    }),
    placeholderData: keepPreviousData,
  });
}

/** The range of `lengthMs` that ends now, moving on by whole steps so that answers can be kept. */
export function useRecent(lengthMs: number): SeriesRange {
  const minute = useMinute();
  const step = Math.max(60_000, Math.floor(lengthMs / 200 / 60_000) * 60_000);
  const to = Math.ceil(minute / step) * step;
  return { from: to - lengthMs, to };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What the budget covers so far, to the minute: the start of its period, and how far news have come. */
export function coveredRange({ period, asOf }: Pick<Objective, 'period' | 'asOf'>): SeriesRange {
  const minute = (text: string) => Math.floor(Date.parse(text) / MINUTE_MS) * MINUTE_MS;
  return { from: minute(period.from), to: minute(asOf) };
}

/** The trend of an objective as points in time: evenly over what is covered, each on the hour before, and what is left now. */
export function trendPoints(objective: Pick<Objective, 'period' | 'asOf' | 'trend' | 'budget'>): Point[] {
  const { from, to } = coveredRange(objective);
  const step = (to - from) / Math.max(1, objective.trend.length);
  const past = objective.trend.map((value, at): Point => [Math.max(from, Math.floor((from + (at + 1) * step) / HOUR_MS) * HOUR_MS), value]);
  const left = objective.budget.remainingRatio;
  return left === null ? past : [...past.filter(([at]) => at < to), [to, left]];
}

const SHORT_GAP_MS = 5 * 60_000;

/**
 * A line of one figure. Steps may be finer than what was counted, so an empty step alone is no gap; a stretch of
 * several, and of five minutes at least, is.
 */
export function line(points: readonly SeriesPoint[], figure: (point: SeriesPoint) => number | null): Point[] {
  const known = points.filter((point) => point.coverageRatio > 0).map((point) => [Date.parse(point.at), figure(point)] as const);
  const stepMs = points.length < 2 ? 0 : Date.parse(points[1]?.at ?? '') - Date.parse(points[0]?.at ?? '');
  const gapMs = Math.max(SHORT_GAP_MS, 3 * stepMs);
  return known.flatMap((point, index): Point[] => {
    const before = known[index - 1]?.[0] ?? point[0];
    return point[0] - before > gapMs ? [[before + 1, null], point] : [point];
  });
}

export function failedShare(point: SeriesPoint): number | null {
  return point.validCount === 0 ? null : point.badCount / point.validCount;
}

export function highest(points: readonly Point[]): number {
  return points.reduce((most, [, value]) => Math.max(most, value ?? 0), 0);
}

export function lowest(points: readonly Point[]): number {
  return points.reduce((least, [, value]) => Math.min(least, value ?? 0), 0);
}
