import { createHash } from 'node:crypto';
import { AppError } from '#kernel/errors.ts';

/** Reads an `after` cursor back into the `parts` sort keys it was made of; empty when there is none. */
export function keysetAfter(after: string | undefined, parts: number): string[] {
  if (after === undefined) return [];
  const refused = new AppError('invalid_input', 'after: must be the `next` of an earlier answer', {
    fields: [{ path: 'query.after', message: 'must be the `next` of an earlier answer', received: after.slice(0, 80) }],
  });
  let keys: unknown;
  try {
    const [sum, text] = split(after);
    keys = sum === sumOf(text) ? JSON.parse(text) : undefined;
  } catch (cause) {
    throw new AppError('invalid_input', refused.message, { fields: [...refused.fields], cause });
  }
  if (!Array.isArray(keys) || keys.length !== parts || !keys.every((key) => typeof key === 'string' && !key.includes('\u0000')))
    throw refused;
  return keys as string[];
}

/** Cuts `limit + 1` rows to a page; `next` points behind the last row shown, or is null at the end. */
export function keysetPage<R, V>(
  rows: readonly R[],
  limit: number,
  keysOf: (row: R) => string[],
  view: (row: R) => V,
): { items: V[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorOf(JSON.stringify(keysOf(last))) : null;
  return { items: shown.map(view), next };
}

// A short sum in front tells a cursor of ours from one that was cut or edited, before its parts reach a statement.
const SUM_LENGTH = 8;

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, SUM_LENGTH);
}

function cursorOf(text: string): string {
  return Buffer.from(sumOf(text) + text).toString('base64url');
}

function split(cursor: string): [string, string] {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return [text.slice(0, SUM_LENGTH), text.slice(SUM_LENGTH)];
}
