/** Lengths that budgets are told of, in seconds; a month is the average one of 30.44 days. */
export const PERIODS = [
  { name: 'day', days: 1 },
  { name: 'week', days: 7 },
  { name: '30 d', days: 30 },
  { name: 'month', days: 30.44 },
  { name: 'quarter', days: 91.31 },
  { name: 'year', days: 365.25 },
] as const;

export const TARGET_PERCENTS = [90, 95, 98, 99, 99.5, 99.9, 99.95, 99.99, 99.995, 99.999, 99.9999] as const;

const DAY_SECONDS = 86_400;

/** Seconds of full outage that a target (ratio) allows in a number of days. */
export function allowedSeconds(target: number, days: number): number {
  return (1 - target) * days * DAY_SECONDS;
}

/** The target (ratio) that allows so many minutes of full outage in a number of days; undefined where none does. */
export function targetOfMinutes(minutes: number, days: number): number | undefined {
  const target = 1 - (minutes * 60) / (days * DAY_SECONDS);
  return Number.isFinite(target) && target > 0 && target < 1 ? target : undefined;
}

/** A length to three digits in its natural unit: `43.2 min`, `7.2 h`, `25.9 s`, `864 ms`. */
export function lengthWords(seconds: number): string {
  const units = [
    [DAY_SECONDS, 'd', 2],
    [3600, 'h', 1],
    [60, 'min', 1],
    [1, 's', 1],
  ] as const;
  for (const [size, unit, least] of units) if (seconds >= size * least) return `${threeDigits(seconds / size)}\u00a0${unit}`;
  return `${threeDigits(seconds * 1000)}\u00a0ms`;
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A number that a person typed, `99,9` and `1 000 000` included; undefined where it is none. */
export function numberOf(text: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll(/[\s\u00a0_]/g, '')
    .replace(/%$/, '');
  const dotted = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.');
  const value = dotted === '' ? Number.NaN : Number(dotted);
  return Number.isFinite(value) ? value : undefined;
}
