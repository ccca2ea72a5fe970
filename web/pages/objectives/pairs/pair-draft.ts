import { parseDuration, shortDuration } from '#kernel/instant.ts';
import { DEFAULT_ALERTING } from '#modules/slo/core/alerting.ts';
import { resolvePolicy } from '#modules/slo/core/policy.ts';
import type { FormProblem } from '../../../ui/form/form.tsx';
import { numberOf } from '../nines/nines.ts';

export const SEVERITIES = [
  { value: 'critical', label: 'Page, critical' },
  { value: 'warning', label: 'Page, warning' },
  { value: 'ticket', label: 'Ticket' },
] as const;

export const UNITS = [
  { value: 'factor', label: '× burn' },
  { value: 'budgetPercent', label: '% of budget' },
] as const;

/** A pair of windows as it stands in a form: texts as they are typed. */
export interface PairDraft {
  severity: (typeof SEVERITIES)[number]['value'];
  long: string;
  short: string;
  amount: string;
  /** What the amount is: a burn rate, or the share of the period's budget that a burn at it spends in the long window. */
  unit: (typeof UNITS)[number]['value'];
}

/** As many as a definition may hold. */
export const PAIR_LIMIT = 12;

interface UsualFacts {
  preset: 'default' | 'ticket_3x_3d' | 'none';
  /** Share of good events (0–1); undefined while it is none. */
  target: number | undefined;
  periodMs: number;
}

/** The pairs of a preset for this target and period, to begin one's own with: those of the default where the preset alerts on nothing. */
export function usualPairs({ preset, target = 0.999, periodMs }: UsualFacts): PairDraft[] {
  const alerting = { ...DEFAULT_ALERTING, preset: preset === 'none' ? 'default' : preset };
  return resolvePolicy(alerting, { periodMs, target }).pairs.map(({ urgency, longMs, shortMs, factor }) => ({
    severity: urgency ?? 'ticket',
    long: shortDuration(longMs),
    short: shortDuration(shortMs),
    amount: String(factor),
    unit: 'factor',
  }));
}

const NOTHING: PairDraft = { severity: 'ticket', long: '', short: '', amount: '', unit: 'factor' };

/** Another pair: of the usual ones the first whose long window is not there yet, or an empty one. */
export function withAnother(pairs: readonly PairDraft[], usual: readonly PairDraft[]): PairDraft[] {
  const next = usual.find((one) => pairs.every(({ long }) => long.trim() !== one.long)) ?? NOTHING;
  return [...pairs, next];
}

/** Pairs as a definition says them; none where it says none. */
export function pairDrafts(value: unknown): PairDraft[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown): PairDraft => {
    const given = typeof one === 'object' && one !== null ? (one as Readonly<Record<string, unknown>>) : {};
    const text = (name: string) => (typeof given[name] === 'string' || typeof given[name] === 'number' ? String(given[name]) : '');
    const unit = given['budgetPercent'] === undefined ? 'factor' : 'budgetPercent';
    const severity = SEVERITIES.find((known) => known.value === given['severity'])?.value ?? 'ticket';
    return { severity, long: text('long'), short: text('short'), amount: text(unit), unit };
  });
}

interface PairInput {
  severity: PairDraft['severity'];
  long: string;
  short: string;
  factor?: number;
  budgetPercent?: number;
}

/** What a definition says for them. An amount that is no number is left for `pairProblems` to tell. */
export function pairsInput(pairs: readonly PairDraft[]): PairInput[] {
  return pairs.map(({ severity, long, short, amount, unit }) => ({
    severity,
    long: long.trim(),
    short: short.trim(),
    [unit]: numberOf(amount) ?? 0,
  }));
}

/** The fields of a pair that may be wrong; what is wrong with the pair as a whole is told at its amount. */
const FIELDS = ['long', 'short', 'amount'] as const;
export type PairField = (typeof FIELDS)[number];

/** A field by its path in the form: `alerting.pairs[2].long`. */
export function pairName(index: number, field: PairField | 'severity' | 'unit'): string {
  return `alerting.pairs[${index}].${field}`;
}

export const PAIR_NAMES: readonly string[] = Array.from({ length: PAIR_LIMIT }, (_, index) =>
  FIELDS.map((field) => pairName(index, field)),
).flat();

type Problem = FormProblem['fields'][number];

/** What can be told of pairs before the server is asked. */
export function pairProblems(pairs: readonly PairDraft[]): Problem[] {
  if (pairs.length === 0) return [{ path: 'alerting.preset', message: 'add a pair, or choose a preset' }];
  return pairs.flatMap((pair, index) => {
    const field = (['long', 'short'] as const).find((name) => parseDuration(pair[name].trim()) === undefined);
    if (field !== undefined) return [{ path: pairName(index, field), message: `${field} window must be a length, as 1h` }];
    const value = numberOf(pair.amount);
    if (value !== undefined && value > 0) return [];
    const message = pair.unit === 'factor' ? 'how many times as fast must be a number above 0' : 'the share must be above 0 %';
    return [{ path: pairName(index, 'amount'), message }];
  });
}

/** A problem within a pair, at its field, in the words of the form: undefined where it is of something else. */
export function placePair({ path, message }: Problem): Problem | undefined {
  const match = /alerting\.pairs\[(\d+)\](?:\.(\w+))?$/.exec(path);
  if (match === null) return undefined;
  const field = FIELDS.find((name) => name === match[2]) ?? 'amount';
  const words = { long: 'long window ', short: 'short window ', factor: 'burn ', budgetPercent: 'share of the budget ' }[match[2] ?? ''];
  return { path: pairName(Number(match[1]), field), message: `${words ?? ''}${message}` };
}

/** The same pair in the other unit, over a period of this length: `2 % of the budget`, `14.4×`; undefined while something is missing. */
export function inOtherWords({ long, amount, unit }: PairDraft, periodMs: number | undefined): string | undefined {
  const longMs = parseDuration(long.trim());
  const value = numberOf(amount);
  if (longMs === undefined || longMs === 0 || value === undefined || value <= 0 || periodMs === undefined) return undefined;
  const written = (number: number): string => String(Number(number.toPrecision(3)));
  if (unit === 'budgetPercent') return `a burn of ${written((value / 100) * (periodMs / longMs))}×`;
  return `${written(((value * longMs) / periodMs) * 100)} % of the budget in ${long.trim()}`;
}

const SHORT_UNITS = { factor: 'x', budgetPercent: 'p' } as const;

/** Pairs as one word of an address: `critical-1h-5m-14.4x_ticket-3d-6h-10p`. */
export function pairsText(pairs: readonly PairDraft[]): string {
  return pairs
    .map(
      ({ severity, long, short, amount, unit }) =>
        `${severity}-${long.trim()}-${short.trim()}-${numberOf(amount) ?? ''}${SHORT_UNITS[unit]}`,
    )
    .join('_');
}

/** Reads them back; undefined where the text is none. */
export function parsePairs(text: string): PairDraft[] | undefined {
  const pairs = text.split('_').flatMap((part): PairDraft[] => {
    const match = /^(critical|warning|ticket)-(\w{1,8})-(\w{1,8})-([\d.e+-]{1,24})([xp])$/.exec(part);
    const severity = SEVERITIES.find(({ value }) => value === match?.[1])?.value;
    if (match === null || severity === undefined) return [];
    const [, , long = '', short = '', amount = '', unit] = match;
    return [{ severity, long, short, amount, unit: unit === 'p' ? 'budgetPercent' : 'factor' }];
  });
  return pairs.length > 0 && pairs.length <= PAIR_LIMIT && pairs.length === text.split('_').length ? pairs : undefined;
}
