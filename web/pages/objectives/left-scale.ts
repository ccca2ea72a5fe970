import { percentScale, type Scale } from '../../ui/chart/scale.ts';

const NICE = [1, 2, 2.5, 5, 10];
const MOST_STEPS = 5;

/** A scale for what is left of a budget. One that was overspent many times over keeps its true depth, in a few steps. */
export function leftScale(highest: number, lowest: number): Scale {
  if (lowest >= 0) return percentScale(Math.max(0.2, highest), 0);
  const top = Math.max(0.05, highest);
  const power = 10 ** Math.floor(Math.log10((top - lowest) / MOST_STEPS));
  // Whole steps above and below zero: one step of the range goes to the rounding at each end.
  const steps = (step: number) => Math.ceil(top / step) - Math.floor(lowest / step);
  const step = NICE.map((nice) => nice * power).find((one) => steps(one) <= MOST_STEPS) ?? 20 * power;
  const from = Math.floor(lowest / step);
  const to = Math.ceil(top / step);
  const ticks = Array.from({ length: to - from + 1 }, (_, at) => {
    const value = (from + at) * step;
    return { value, label: from + at === 0 ? '0' : `${Number((value * 100).toPrecision(3))}\u00a0%`.replace('-', '−') };
  });
  return { min: from * step, max: to * step, ticks };
}
