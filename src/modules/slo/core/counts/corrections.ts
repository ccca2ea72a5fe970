import { z } from 'zod';
import { DAY_MS, type Instant, instant, iso } from '#kernel/instant.ts';
import { InstantText } from '#kernel/instant-text.ts';
import { Zone } from '#kernel/zoned.ts';
import { CELL_MS, type CorrectionSpan, toCell } from './counts.ts';

const WHOLE = 'must be a whole number from 0 to 1,000,000,000,000';
const Events = z.int(WHOLE).min(0, WHOLE).max(1e12, WHOLE);

/**
 * A period that counts otherwise than it was counted. `exclude` takes it out, events and time; `recount` replaces what was
 * counted in it. With an RRULE (RFC 5545, without DTSTART) it comes again on the wall clock of its zone, as long each time.
 */
export const CorrectionRule = z
  .strictObject({
    kind: z.enum(['exclude', 'recount']),
    from: InstantText,
    to: InstantText,
    good: Events.optional(),
    valid: Events.optional(),
    rrule: z
      .string()
      .max(300)
      .regex(
        /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTH|BYMONTHDAY|BYSETPOS|WKST)=[A-Z0-9,+-]{1,100})*$/,
        'must be an RRULE as FREQ=WEEKLY;BYDAY=SU, at most daily; times of day come from the period',
      )
      .optional(),
    timeZone: Zone.default('UTC'),
  })
  .superRefine((rule, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message, input: rule });
    if (rule.to <= rule.from) issue('to', 'must be after from');
    if (rule.to - rule.from > 92 * DAY_MS) issue('to', 'must be at most 92 days after from');
    if (rule.rrule !== undefined && rule.kind === 'recount') issue('rrule', 'a recount happens once');
    if (rule.rrule !== undefined && rule.to - rule.from > DAY_MS) issue('to', 'must be at most a day after from where it repeats');
    for (const name of ['good', 'valid'] as const) {
      if (rule.kind === 'recount' && rule[name] === undefined) issue(name, 'must say what the period counts as');
      if (rule.kind === 'exclude' && rule[name] !== undefined) issue(name, 'an exclusion counts nothing');
    }
    if ((rule.good ?? 0) > (rule.valid ?? 0)) issue('good', 'must not exceed valid');
  });
export type CorrectionRule = z.output<typeof CorrectionRule>;

/** What a proposal comes from, and which one: an incident, a maintenance. */
export const CorrectionSource = z
  .string()
  .max(80)
  .regex(/^(incident|maintenance)\/[A-Za-z0-9_-]+$/, 'must be incident/<id> or maintenance/<id>');

/** How a rule is stored and shown. */
export function ruleInput(rule: CorrectionRule): Record<string, unknown> {
  return { ...rule, from: iso(rule.from), to: iso(rule.to) };
}

/** One occurrence of a rule, on the grid of cells: outward for an exclusion's start and end, so that no edge cell stays in. */
export function spanOf(rule: CorrectionRule, from: Instant, to: Instant): CorrectionSpan {
  const start = toCell(from);
  const end = instant(Math.ceil(to / CELL_MS) * CELL_MS);
  const recount = rule.kind === 'recount' ? { good: rule.good ?? 0, bad: (rule.valid ?? 0) - (rule.good ?? 0) } : null;
  return { from: start, to: end, recount };
}

/** Makes spans that may overlap into ones that do not: of two, the later in the list holds where both would. */
export function mergeSpans(spans: readonly CorrectionSpan[]): CorrectionSpan[] {
  let merged: CorrectionSpan[] = [];
  for (const span of spans) merged = [...merged.flatMap((one) => without(one, span)), span];
  return merged.sort((a, b) => a.from - b.from);
}

/** What is left of a span beside another. */
function without(span: CorrectionSpan, taken: CorrectionSpan): CorrectionSpan[] {
  if (taken.to <= span.from || taken.from >= span.to) return [span];
  return [piece(span, span.from, taken.from), piece(span, taken.to, span.to)].filter((one) => one.to > one.from);
}

/** A part of a span; its counts lie evenly in it. */
function piece(span: CorrectionSpan, from: Instant, to: Instant): CorrectionSpan {
  const { recount } = span;
  if (recount === null) return { from, to, recount };
  const whole = span.to - span.from;
  const share = (amount: number): number =>
    Math.floor((amount * (Math.min(to, span.to) - span.from)) / whole) - Math.floor((amount * (from - span.from)) / whole);
  return { from, to, recount: { good: share(recount.good), bad: share(recount.bad) } };
}
