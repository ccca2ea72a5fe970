import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { type Instant, instant } from '#kernel/instant.ts';
import type { CorrectionSpan } from '../core/counts/counts.ts';
import { type CorrectionRule, spanOf } from '../core/counts/corrections.ts';

/** Occurrences of one rule looked at, at most: a daily one over a year and a bit. */
const OCCURRENCE_LIMIT = 500;

/**
 * The spans of a rule that touch [from, to]. One that repeats begins at the same time of day by the clock of its zone, and
 * ends at the same time of day: over a clock change it is an hour shorter or longer, as a night's maintenance is.
 */
export function expandCorrection(rule: CorrectionRule, from: Instant, to: Instant): CorrectionSpan[] {
  if (rule.rrule === undefined) return rule.to > from && rule.from < to ? [spanOf(rule, rule.from, rule.to)] : [];
  const start = zoned(rule.from, rule.timeZone);
  const length = start.toPlainDateTime().until(zoned(rule.to, rule.timeZone).toPlainDateTime());
  const occurrences = new RRuleTemporal({ rruleString: rule.rrule, dtstart: start }).between(
    zoned(instant(from - (rule.to - rule.from) - DAY_SLACK_MS), rule.timeZone),
    zoned(to, rule.timeZone),
    true,
  );
  return occurrences
    .slice(-OCCURRENCE_LIMIT)
    .map((at) => {
      const end = Temporal.PlainDateTime.from(at.toPlainDateTime().toString()).add(length).toZonedDateTime(rule.timeZone);
      return spanOf(rule, instant(at.epochMilliseconds), instant(end.epochMilliseconds));
    })
    .filter((span) => span.to > from && span.from < to);
}

const DAY_SLACK_MS = 2 * 3_600_000;

function zoned(at: Instant, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}
