import { z } from 'zod';
import { InstantText, IsoTime } from '#kernel/instant.ts';
import { BecauseView, defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { optionalText, Slug } from '#kernel/text.ts';
import { IndicatorDefinition } from '#modules/signals/contract.ts';
import { BUDGET_LEVELS } from './core/budget/budget.ts';
import { definitionShape } from './core/definition.ts';

export const OBJECTIVE_STATES = ['ok', 'firing', 'frozen', 'no_data', 'no_traffic'] as const;

export const ObjectiveDefinition = z.strictObject({ ...definitionShape, indicator: IndicatorDefinition });
export type ObjectiveDefinition = z.output<typeof ObjectiveDefinition>;

export const BudgetView = z.object({
  remainingRatio: z.number().nullable(),
  badCount: z.number(),
  validCount: z.number(),
  allowedBadCount: z.number(),
  coverageRatio: z.number(),
  because: BecauseView,
});

export const WindowView = z.object({
  window: z.string(),
  seconds: z.number(),
  rate: z.number(),
  badCount: z.number(),
  validCount: z.number(),
  coverageRatio: z.number(),
});

export const PairView = z.object({
  severity: z.enum(['page', 'ticket']),
  urgency: z.enum(['critical', 'warning']).nullable(),
  factor: z.number(),
  long: z.string(),
  short: z.string(),
  longRate: z.number(),
  shortRate: z.number(),
  verdict: z.enum(['firing', 'quiet', 'frozen']),
  because: BecauseView,
});

export const ObjectiveView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  service: z.object({ slug: z.string(), name: z.string(), tier: z.number() }),
  target: z.number(),
  window: z.string(),
  indicator: z.unknown(),
  /** As people write it; null in lists. */
  definition: z.record(z.string(), z.unknown()).nullable(),
  links: z.record(z.string(), z.string()),
  /** Number of the latest version; `governing` says which one judges. */
  version: z.number(),
  createdAt: IsoTime,
  /** The end of all windows: as far as news have come. */
  asOf: IsoTime,
  period: z.object({ from: IsoTime, to: IsoTime, text: z.string() }),
  budget: BudgetView,
  /** Minutes of full outage that the period allows, and how many of them are left. */
  budgetMinutes: z.object({ whole: z.number(), remaining: z.number().nullable() }),
  /** Without corrections; null where there are none. */
  asCounted: z
    .object({
      remainingRatio: z.number().nullable(),
      badCount: z.number(),
      validCount: z.number(),
      level: z.enum([...BUDGET_LEVELS, 'no_data']),
    })
    .nullable(),
  burn: z.array(WindowView),
  pairs: z.array(PairView),
  /** Pairs of the policy that could be of no use here. */
  leftOut: z.array(
    z.object({ severity: z.enum(['page', 'ticket']), factor: z.number(), long: z.string(), short: z.string(), because: BecauseView }),
  ),
  level: z.enum([...BUDGET_LEVELS, 'no_data']),
  levelBecause: BecauseView,
  state: z.enum(OBJECTIVE_STATES),
  stateBecause: BecauseView,
  /** At the pace of the last 6 h, time until nothing is left; null where it will not run out. */
  exhaustsInSeconds: z.number().nullable(),
  /** At the fastest and the slowest pace of the last 1 h, 6 h and 1 d. */
  forecast: z.object({ soonestInSeconds: z.number().nullable(), latestInSeconds: z.number().nullable(), because: BecauseView }),
  lastObservedAt: IsoTime.nullable(),
  firstObservedAt: IsoTime.nullable(),
  groups: z.object({ by: z.array(z.string()), count: z.number() }),
  /** The version that judges, and the edit that waits to. */
  governing: z.object({
    version: z.number(),
    pending: z.object({ version: z.number(), coverageRatio: z.number(), because: BecauseView }).nullable(),
  }),
  /** Budget left (ratio), thirty points over the window, oldest first; null where nothing was known. */
  trend: z.array(z.number().nullable()),
});
export type ObjectiveView = z.output<typeof ObjectiveView>;

export const SeriesPoint = z.object({
  /** End of the step. */
  at: IsoTime,
  badCount: z.number(),
  validCount: z.number(),
  coverageRatio: z.number(),
  /** Budget left at that moment, over the whole window ending there. */
  remainingRatio: z.number().nullable(),
  burn1h: z.number(),
  burn5m: z.number(),
});

const COUNT_LIMIT = 1_000_000_000_000;

const PushedBucket = z
  .strictObject({
    at: InstantText,
    seconds: z.int().min(10).max(86_400),
    good: z.int().min(0).max(COUNT_LIMIT),
    valid: z.int().min(0).max(COUNT_LIMIT),
    /** The labels' values of one group, for an objective that is grouped. */
    group: z.record(z.string().max(128), optionalText(256)).optional(),
  })
  .refine((bucket) => bucket.good <= bucket.valid, { path: ['good'], error: 'must not exceed valid' });

const CountsBody = z.strictObject({ buckets: z.array(PushedBucket).min(1).max(5000, 'must hold at most 5000 buckets') });

const ObjectiveParams = z.object({ slug: Slug });

export const contract = {
  listObjectives: defineOperation({
    id: 'slo.listObjectives',
    method: 'GET',
    path: '/objectives',
    summary: 'Objectives with their budgets, worst first',
    query: PageQuery.extend({ service: Slug.optional() }),
    response: page(ObjectiveView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'objectives list' },
  }),
  getObjective: defineOperation({
    id: 'slo.getObjective',
    method: 'GET',
    path: '/objectives/:slug',
    summary: 'One objective: budget, burn in every window, level, state, and why',
    params: ObjectiveParams,
    response: ObjectiveView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'objectives show' },
  }),
  getSeries: defineOperation({
    id: 'slo.getSeries',
    method: 'GET',
    path: '/objectives/:slug/series',
    summary: 'Counts, burn and budget over time, at most 500 points',
    params: ObjectiveParams,
    query: z.object({ from: InstantText, to: InstantText, points: z.coerce.number().int().min(10).max(500).default(120) }),
    response: z.object({ stepSeconds: z.number(), points: z.array(SeriesPoint) }),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'objectives series' },
  }),
  putObjective: defineOperation({
    id: 'slo.putObjective',
    method: 'PUT',
    path: '/objectives/:slug',
    summary: 'Create or change an objective',
    params: ObjectiveParams,
    body: ObjectiveDefinition,
    response: ObjectiveView,
    errors: ['invalid_input', 'not_found', 'precondition_failed'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'objectives apply' },
  }),
  pushCounts: defineOperation({
    id: 'slo.pushCounts',
    method: 'POST',
    path: '/objectives/:slug/counts',
    summary: 'Push counts of good and valid events; a bucket replaces what its time counted before',
    params: ObjectiveParams,
    body: CountsBody,
    response: z.object({ accepted: z.number(), lastObservedAt: IsoTime.nullable() }),
    status: 202,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    bodyLimit: 2 * 1024 * 1024,
    cli: { command: 'objectives push' },
  }),
};
