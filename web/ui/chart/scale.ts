import { startOfDay, type Zone } from '../../lib/zone.ts';

export type Point = readonly [at: number, value: number | null];

export interface Tick {
  value: number;
  label: string;
}

/** The vertical scale of a chart. On a log scale `min` is above zero. */
export interface Scale {
  min: number;
  max: number;
  log?: boolean;
  ticks: readonly Tick[];
}

/** Where a value stands: 0 at the foot, 1 at the top, kept inside. */
export function rise(scale: Scale, value: number): number {
  const { min, max } = scale;
  if (scale.log !== true) return clamp((value - min) / (max - min));
  return value <= 0 ? 0 : clamp((Math.log10(value) - Math.log10(min)) / (Math.log10(max) - Math.log10(min)));
}

function clamp(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}

const NICE = [1, 2, 2.5, 5, 10];

/** A linear scale from zero with two to four steps, for ratios written as percent. Below zero it goes down by the same steps. */
export function percentScale(highest: number, lowest = 0): Scale {
  // A little room above the highest point, for the words of bands.
  const top = Math.max(highest > 1 ? highest : Math.min(1, highest * 1.05), 0.01);
  const power = 10 ** Math.floor(Math.log10(top / 4));
  // Quarters read well of a hundred, not of one: "0.25 %" is avoided.
  const step = (NICE.find((nice) => top / (nice * power) <= 4 && (nice !== 2.5 || power >= 0.1)) ?? 10) * power;
  const up = Math.ceil(top / step - 1e-9);
  const down = Math.floor(Math.min(0, lowest) / step + 1e-9);
  const ticks = Array.from({ length: up - down + 1 }, (_, at) => {
    const value = (down + at) * step;
    return { value, label: at + down === 0 ? '0' : `${Number((value * 100).toPrecision(3))}\u00a0%`.replace('-', '−') };
  });
  return { min: down * step, max: up * step, ticks };
}

/** Burn rates, 0.1× to 1000×. */
export const BURN_SCALE: Scale = {
  min: 0.1,
  max: 1000,
  log: true,
  ticks: [0.1, 1, 10, 100, 1000].map((value) => ({ value, label: `${value}×` })),
};

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);
const DAY_STEPS = [1, 2, 5, 7, 10, 14, 30].map((days) => days * DAY);

/** Round times inside a range in the zone shown; whole days once the range is long. */
export function timeTicks(from: number, to: number, where: Zone, most = 6): { at: number; isDay: boolean }[] {
  const step = [...STEPS, ...DAY_STEPS].find((length) => (to - from) / length <= most) ?? 30 * DAY;
  const isDay = step >= DAY;
  const ticks: { at: number; isDay: boolean }[] = [];
  let at = startOfDay(from, where);
  while (at <= to) {
    if (at >= from) ticks.push({ at, isDay });
    // A day is not always 24 hours long: steps of days go from midnight to midnight.
    at = isDay ? startOfDay(at + step + DAY / 2, where) : at + step;
  }
  return ticks;
}

/** A path over the points, broken where there is no data. Coordinates in a box of 1000 × 400. */
export function linePath(points: readonly Point[], from: number, to: number, scale: Scale): string {
  return stretchesOf(points)
    .map((stretch) => `M${stretch.map(([at, value]) => `${x(at, from, to)} ${y(scale, value ?? scale.min)}`).join('L')}`)
    .join('');
}

/** The points that stand alone between gaps: a line shows nothing of them, a dot does. */
export function dotPath(points: readonly Point[], from: number, to: number, scale: Scale): string {
  return stretchesOf(points)
    .filter((stretch) => stretch.length === 1)
    .map((stretch) => `${linePath(stretch, from, to, scale)}h0`)
    .join('');
}

/** The same, closed down to the foot: one area for each unbroken stretch. */
export function areaPath(points: readonly Point[], from: number, to: number, scale: Scale): string {
  return stretchesOf(points)
    .filter((stretch) => stretch.length > 1)
    .map((stretch) => {
      const first = stretch[0]?.[0] ?? from;
      const last = stretch.at(-1)?.[0] ?? to;
      const foot = y(scale, Math.max(scale.min, scale.log === true ? scale.min : 0));
      return `${linePath(stretch, from, to, scale)}L${x(last, from, to)} ${foot}L${x(first, from, to)} ${foot}Z`;
    })
    .join('');
}

/** The points between gaps, each stretch with one at least. */
function stretchesOf(points: readonly Point[]): Point[][] {
  const stretches: Point[][] = [[]];
  for (const point of points) {
    if (point[1] === null) stretches.push([]);
    else stretches.at(-1)?.push(point);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}

export function x(at: number, from: number, to: number): number {
  return Number((((Math.min(to, Math.max(from, at)) - from) / (to - from)) * 1000).toFixed(1));
}

export function y(scale: Scale, value: number): number {
  return Number((400 - rise(scale, value) * 400).toFixed(1));
}

/** The newest value at or before a moment, for the crosshair. */
export function valueAt(points: readonly Point[], at: number): number | null {
  let low = 0;
  let high = points.length - 1;
  let found: number | null = null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point === undefined) break;
    if (point[0] <= at) {
      found = point[1];
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}
