import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from '#kernel/instant.ts';
import { optionalText, Slug, text, Url } from '#kernel/text.ts';
import { Target } from './target.ts';
import { DEFAULT_WINDOW, WindowInput } from './window.ts';

/** A length written as `5m`, within bounds; kept as it was written, read with `parseDuration`. */
function lengthText(leastMs: number, mostMs: number, sentence: string) {
  return z.string().refine((value) => {
    const lengthMs = parseDuration(value);
    return lengthMs !== undefined && lengthMs >= leastMs && lengthMs <= mostMs;
  }, sentence);
}

/**
 * How unobserved time counts. `gap`: unknown, as traffic at the window's observed rate with no bad event, and a short
 * window with too much of it freezes its pair. `good`: the same, and never freezes. `bad`: as traffic at that rate, all of
 * it bad. Time before anything was ever observed is always unknown.
 */
const GAP_POLICIES = ['gap', 'good', 'bad'] as const;
export type GapPolicy = (typeof GAP_POLICIES)[number];

/** Sets of pairs to choose from; `none` alerts on no burn. */
const ALERT_PRESETS = ['default', 'ticket_3x_3d', 'none'] as const;

/** A pair of one's own. `factor` is the burn rate, or `budgetPercent` of the period's budget that a burn at it spends in the long window. */
const PairInput = z
  .strictObject({
    severity: z.enum(['critical', 'warning', 'ticket']),
    long: lengthText(10 * MINUTE_MS, 31 * DAY_MS, 'must be a length from 10m to 31d, as 1h'),
    short: lengthText(MINUTE_MS, 7 * DAY_MS, 'must be a length from 1m to 7d, as 5m'),
    factor: z.number().gt(0).max(100_000).optional(),
    budgetPercent: z.number().gt(0).max(100).optional(),
  })
  .refine((pair) => (pair.factor === undefined) !== (pair.budgetPercent === undefined), {
    path: ['factor'],
    error: 'give either factor or budgetPercent',
  })
  .refine((pair) => (parseDuration(pair.short) ?? 0) < (parseDuration(pair.long) ?? 0), {
    path: ['short'],
    error: 'must be shorter than the long window',
  });

export const AlertingInput = z.strictObject({
  preset: z.enum(ALERT_PRESETS).default('default'),
  /** Instead of the preset's. */
  pairs: z.array(PairInput).min(1).max(12).optional(),
  /** `rate` compares a window's share of bad events; `budget_share` its bad events with the budget of the whole period. */
  mode: z.enum(['rate', 'budget_share']).default('rate'),
  /** Where the indicator is grouped: judge the sum of all groups, or each of them. */
  groups: z.enum(['rollup', 'any']).default('rollup'),
  /** Bad events that the long window must hold before a pair fires. */
  minBadCount: z.int().min(0).max(1_000_000).default(2),
  /** Probability (0–1) below which bad events on little traffic are no chance; 0 asks no such question. */
  alphaRatio: z.number().min(0).max(0.5).default(0.01),
  /** A ticket when the budget is spent. */
  exhausted: z.boolean().default(true),
  /** A ticket when the budget is forecast to be spent within this time. */
  exhaustsWithin: lengthText(HOUR_MS, 31 * DAY_MS, 'must be a length from 1h to 31d, as 3d').optional(),
  /** An alert when nothing was observed for this long; null for none. */
  noDataAfter: lengthText(MINUTE_MS, 7 * DAY_MS, 'must be a length from 1m to 7d, as 10m')
    .nullable()
    .default('10m'),
});

export const LABEL_LIMIT = 32;
const LABEL_NAME = /^[a-zA-Z][a-zA-Z0-9_./-]{0,62}$/;

/** What a definition holds beside its indicator. */
export const definitionShape = {
  service: Slug,
  name: text(120).optional(),
  description: optionalText(2000).default(''),
  target: Target,
  /** Why this target and not another. */
  rationale: optionalText(2000).default(''),
  /** What users lose when it is missed. */
  onBreach: optionalText(2000).default(''),
  window: WindowInput.default(DEFAULT_WINDOW),
  gaps: z.enum(GAP_POLICIES).default('gap'),
  alerting: AlertingInput.prefault({}),
  /** The error-budget policy; the service's, and then the standard one, where none is named. */
  policy: Slug.optional(),
  links: z.strictObject({ runbook: Url.optional(), dashboard: Url.optional() }).default({}),
  labels: z
    .record(z.string(), optionalText(200))
    .superRefine((labels, context) => {
      const wrong = Object.keys(labels).filter((name) => !LABEL_NAME.test(name));
      for (const name of wrong)
        context.addIssue({ code: 'custom', path: [name], message: 'must be a label name of at most 63 characters', input: name });
    })
    .refine((labels) => Object.keys(labels).length <= LABEL_LIMIT, `must be at most ${LABEL_LIMIT} labels`)
    .default({}),
};
