import { z } from 'zod';

// PostgreSQL's text holds no NUL and UTF-8 holds no lone surrogate; both are refused by name rather than lost later.
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

const STORABLE = 'must not hold NUL or half a surrogate pair';

/** A line or paragraph of text with a length limit, trimmed, never empty. */
export function text(max: number) {
  return z.string().trim().min(1, 'must not be empty').max(max, `must be at most ${max} characters`).refine(isStorable, STORABLE);
}

/** As `text`, but may be empty. */
export function optionalText(max: number) {
  return z.string().max(max, `must be at most ${max} characters`).refine(isStorable, STORABLE);
}

/** A name in URLs: lower case letters, digits and single dashes. */
export const Slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, joined by single dashes');

export const Url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2048)
  .refine(isStorable, STORABLE);
