import { AppError } from '#kernel/errors.ts';

/** Reads an `after` cursor back into the `parts` sort keys it was made of; empty when there is none. */
export function keysetAfter(after: string | undefined, parts: number): string[] {
  if (after === undefined) return [];
  const refused = new AppError('invalid_input', 'after: must be the `next` of an earlier answer', {
    fields: [{ path: 'query.after', message: 'must be the `next` of an earlier answer', received: after.slice(0, 80) }],
  });
  let keys: unknown;
  try {
    keys = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
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
  const next = rows.length > limit && last !== undefined ? Buffer.from(JSON.stringify(keysOf(last))).toString('base64url') : null;
  return { items: shown.map(view), next };
}
