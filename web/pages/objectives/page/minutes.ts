import { duration, percent } from '../../../lib/words.ts';
import type { Objective } from '../objective-look.ts';

const NBSP = '\u00a0';

function minutes(value: number): string {
  if (value !== 0 && value < 0.1) return `${Number((value * 60).toPrecision(2))}${NBSP}s`;
  return `${Number(value.toFixed(value < 100 ? 1 : 0)).toLocaleString('en')}${NBSP}min`;
}

/** Which minutes are meant: of a full outage, and of what. `22.5 of 43.2 min of full outage left, of 30 d`. */
export function minutesSentence({ budgetMinutes: { whole, remaining }, period }: Pick<Objective, 'budgetMinutes' | 'period'>): string {
  // A number and its unit stay on one line.
  const of = period.text.replace(/(\d) (?=\p{L}+$)/u, `$1${NBSP}`);
  if (remaining === null) return `${minutes(whole)} of full outage allowed, of ${of}`;
  if (remaining < 0) return `${minutes(-remaining)} of full outage over the ${minutes(whole)} allowed, of ${of}`;
  return `${minutes(remaining).replace(`${NBSP}min`, '')} of ${minutes(whole)} of full outage left, of ${of}`;
}

/** How much of the window the figures rest on, where that is not all of it: the rest is worked out from the part that is known. */
export function observedWords(coverageRatio: number): string | undefined {
  if (coverageRatio >= 0.9995) return undefined;
  if (coverageRatio < 0.001) return `less than 0.1${NBSP}% of the window observed`;
  return `${percent(coverageRatio, coverageRatio < 0.01 || coverageRatio >= 0.99 ? 1 : 0)} of the window observed`;
}

/** The band of a forecast: how soon at the fastest and how late at the slowest recent pace. */
export function forecastBand({ soonestInSeconds: soonest, latestInSeconds: latest }: Objective['forecast']): string | undefined {
  if (soonest === null) return undefined;
  if (latest === null) return `in ${duration(soonest * 1000)} at the soonest, or not at all`;
  const [from, to] = [duration(soonest * 1000), duration(latest * 1000)];
  return from === to ? `in ${from}` : `between ${from} and ${to}`;
}
