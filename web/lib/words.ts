const NBSP = '\u00a0';
const MINUS = '−';

/** A length of time as people say it: `45 s`, `12 min`, `1 h 04 min`, `3.2 d`. */
export function duration(lengthMs: number): string {
  const seconds = Math.max(0, Math.round(lengthMs / 1000));
  if (seconds < 60) return `${seconds}${NBSP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48 && seconds % 86_400 !== 0)
    return minutes % 60 === 0 ? `${hours}${NBSP}h` : `${hours}${NBSP}h${NBSP}${two(minutes % 60)}${NBSP}min`;
  return `${(hours / 24).toFixed(hours % 24 === 0 ? 0 : 1)}${NBSP}d`;
}

/** The same length in full, for hovering: `1 h 04 min 09 s`. */
export function exactDuration(lengthMs: number): string {
  const seconds = Math.max(0, Math.round(lengthMs / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0);
  return (shown.length === 0 ? parts.slice(-1) : shown).map(([count, unit]) => `${count}${NBSP}${unit}`).join(' ');
}

/** What a countdown shows: `1:02`, and over an hour `1 h 04 min`. */
export function clockLength(lengthMs: number): string {
  const seconds = Math.max(0, Math.floor(lengthMs / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 2880) return `${Math.floor(minutes / 1440)}${NBSP}d${NBSP}${Math.floor(minutes / 60) % 24}${NBSP}h`;
  if (minutes >= 60) return `${Math.floor(minutes / 60)}${NBSP}h${NBSP}${two(minutes % 60)}${NBSP}min`;
  return `${minutes}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return COUNT.format(value).replace('-', MINUS);
}

/** A ratio (0–1) as a percentage with a no-break space and a real minus. */
export function percent(ratio: number, digits = 1): string {
  return `${(ratio * 100).toFixed(digits).replace('-', MINUS)}${NBSP}%`;
}

/** The share of a window that is known, in whole percent: a little is not nothing. */
export function knownShare(ratio: number): string {
  return ratio > 0 && ratio < 0.005 ? `<${NBSP}1${NBSP}%` : percent(ratio, 0);
}

/** A target such as 0.9995: as many digits as it has, never more than five. */
export function targetPercent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(5))}${NBSP}%`;
}

/** A burn rate: three digits are enough at any size. */
export function burn(rate: number): string {
  if (rate >= 99.95) return `${Math.round(rate)}×`;
  return `${rate.toFixed(1)}×`;
}

/** The factor of a rule, as people write 14.4×: at most three digits, whole from a hundred on. */
export function factor(value: number): string {
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))}×`;
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)}${NBSP}${value === 1 ? one : many}`;
}

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const first = parts[0]?.[0] ?? '?';
  const last = parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** Names a code of a closed union for people: `no_data` → `no data`. */
export function spaced(code: string): string {
  return code.replaceAll('_', ' ');
}

const WORDS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
];

/** Small numbers as words, at the start of a sentence or inside it. */
export function inWords(value: number, capital = false): string {
  const word = WORDS[value] ?? String(value);
  return capital ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** Reasons are written as parts of sentences; where one stands alone it begins as a sentence does. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
