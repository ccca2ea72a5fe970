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

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const SMALL = new Intl.NumberFormat('en', { maximumSignificantDigits: 1 });

/** A number of events as people write it: `1,975,680`; below a hundred, what is not whole keeps a tenth, `43.2`, and what is less a digit, `0.04`. */
export function amount(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 99.95) return WHOLE.format(value);
  return (size < 0.1 ? SMALL : TENTHS).format(value);
}
