import { duration } from '../../../lib/words.ts';
import type { Objective } from '../objective-look.ts';

const NBSP = '\u00a0';

function minutes(value: number): string {
  if (value !== 0 && value < 0.1) return `${Number((value * 60).toPrecision(2))}${NBSP}s`;
  return `${Number(value.toFixed(value < 100 ? 1 : 0)).toLocaleString('en')}${NBSP}min`;
}

/** Which minutes are meant: of a full outage, and of what. `22.5 of 43.2 min of full outage left, of 30 d`. */
export function minutesSentence({ budgetMinutes: { whole, remaining }, period }: Pick<Objective, 'budgetMinutes' | 'period'>): string {
  if (remaining === null) return `${minutes(whole)} of full outage allowed, of ${period.text}`;
  if (remaining < 0) return `${minutes(-remaining)} of full outage over the ${minutes(whole)} allowed, of ${period.text}`;
  return `${minutes(remaining).replace(`${NBSP}min`, '')} of ${minutes(whole)} of full outage left, of ${period.text}`;
}

/** The band of a forecast: how soon at the fastest and how late at the slowest recent pace. */
export function forecastBand({ soonestInSeconds: soonest, latestInSeconds: latest }: Objective['forecast']): string | undefined {
  if (soonest === null) return undefined;
  if (latest === null) return `in ${duration(soonest * 1000)} at the soonest, or not at all`;
  const [from, to] = [duration(soonest * 1000), duration(latest * 1000)];
  return from === to ? `in ${from}` : `between ${from} and ${to}`;
}
