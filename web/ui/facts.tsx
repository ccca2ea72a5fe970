import type { ReactNode } from 'react';
import { burn, count, duration, percent, spaced } from '../lib/words.ts';
import { Time } from './time/time.tsx';

export type Fact = string | number | boolean | null;

// A name says its unit by its last word; what is left of it is shown.
const UNITS: readonly { ends: RegExp; write: (value: Fact) => ReactNode }[] = [
  {
    ends: /(Ratio|_ratio)$/,
    write: (value) => (typeof value === 'number' ? percent(value, value !== 0 && Math.abs(value) < 0.01 ? 3 : 1) : plain(value)),
  },
  { ends: /(Seconds|_seconds)$/, write: (value) => (typeof value === 'number' ? duration(value * 1000) : plain(value)) },
  { ends: /(Ms|_ms)$/, write: (value) => (typeof value === 'number' ? duration(value) : plain(value)) },
  { ends: /(Count|_count)$/, write: (value) => (typeof value === 'number' ? count(value) : plain(value)) },
  {
    ends: /(At|_at)$/,
    write: (value) => (isTime(value) ? <Time at={value} shape="auto-second" /> : plain(value)),
  },
];

// Counts and moments that every objective has: its own words, in the order in which a responder asks.
const FIRST: Record<string, string> = { impactStartedAt: 'impact since' };
const LAST: Record<string, string> = {
  remainingRatio: 'budget left',
  exhaustsInSeconds: 'runs out in',
  badCount: 'failed',
  validCount: 'valid',
};
const MINUTES: Record<string, number> = { min: 1, h: 60, d: 1440 };

/** Where a figure stands: impact, then the windows from short to long, then what is not known here, then the budget. */
function rank(name: string): number {
  if (name in FIRST) return -1;
  const span = /^burn (\d+) (min|h|d)$/.exec(name);
  if (span !== null) return Number(span[1]) * (MINUTES[span[2] ?? ''] ?? 1);
  const last = Object.keys(LAST).indexOf(name);
  return last === -1 ? 1e6 : 1e6 + 1 + last;
}

/** The figures a decision used, as label and value: `exhaustsInSeconds: 2940` reads "exhausts in", "49 min". */
export function factRows(facts: Readonly<Record<string, Fact>>): { label: string; value: ReactNode }[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => {
      const unit = UNITS.find(({ ends }) => ends.test(name));
      if (unit !== undefined)
        return { label: FIRST[name] ?? LAST[name] ?? nameWords(name.replace(unit.ends, '')), value: unit.write(value) };
      if (/^burn/i.test(name) && typeof value === 'number')
        return { label: nameWords(name).replace(/^burn (?=\d)/, 'burn over '), value: burn(value) };
      return { label: nameWords(name), value: plain(value) };
    });
}

/** `burnLong` and `burn_long` read as "burn long". */
function nameWords(name: string): string {
  return spaced(name).replace(/[a-z][A-Z]/g, (pair) => `${pair.charAt(0)} ${pair.charAt(1).toLowerCase()}`);
}

/** RFC 3339 text, or epoch ms of this century. */
function isTime(value: Fact): value is string | number {
  return typeof value === 'number' ? value > 946_684_800_000 : typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function plain(value: Fact): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 4 }).replace('-', '−');
  return value ?? '—';
}
