import { pairDrafts } from '../pairs/pair-draft.ts';

export interface DefinitionChange {
  path: string;
  before: string;
  after: string;
}

/** What differs between two definitions, a line for each value; `not set` where one of them has none. */
export function changesOf(before: unknown, after: unknown, path = ''): DefinitionChange[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesOf(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before: writtenValue(before), after: writtenValue(after) }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): boolean {
  return isRecord(value) && 'long' in value && 'short' in value;
}

function pairsWords(pairs: readonly unknown[]): string {
  const words = pairDrafts(pairs).map(
    ({ severity, long, short, amount, unit }) => `${severity} ${long}/${short} ${amount}${unit === 'factor' ? '×' : '\u00a0%'}`,
  );
  return words.join(', ');
}

export function writtenValue(value: unknown): string {
  if (value === undefined || value === '' || value === null) return 'not set';
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.length > 0 && value.every(isPair) ? pairsWords(value) : JSON.stringify(value);
}
