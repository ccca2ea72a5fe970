import { z } from 'zod';
import { InstantText, IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { idSchema } from '#kernel/ids.ts';
import { optionalText, Slug, text } from '#kernel/text.ts';
import { IndicatorDefinition } from '#modules/signals/contract.ts';
import { BUDGET_LEVELS } from './core/budget/budget.ts';
import { budgetPolicyOperations } from './core/budget-policy/operations.ts';
import { reviewOperations } from './core/budget-policy/review-operations.ts';
import { CORRECTION_DECISIONS } from './core/counts/correction-decision.ts';
import { CorrectionRule, CorrectionSource } from './core/counts/corrections.ts';
import { AlertingInput, definitionShape } from './core/definition.ts';
import {
  BacktestView,
  CorrectionView,
  DocumentProblem,
  ExplainView,
  GroupView,
  ObjectiveView,
  PlanEntry,
  ReportView,
  SeriesPoint,
  SpentByStretchView,
  VersionView,
} from './core/views.ts';
import { WindowInput } from './core/window.ts';

export const ObjectiveDefinition = z.strictObject({ ...definitionShape, indicator: IndicatorDefinition });
export type ObjectiveDefinition = z.output<typeof ObjectiveDefinition>;

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

/** A stretch of the past: an incident, or another trouble that alerts should have told of. */
const Stretch = z
  .strictObject({ id: text(80), from: InstantText, to: InstantText })
  .refine((stretch) => stretch.to > stretch.from, { path: ['to'], error: 'must be after from' });

const backtestShape = {
  from: InstantText.optional(),
  to: InstantText.optional(),
  /** How far back from `to`, where `from` is not given. */
  days: z.int().min(1).max(92).default(30),
  troubles: z.array(Stretch).max(100).default([]),
};

/** Definitions as they stand in files; each is read for itself, so that all problems are told at once. */
const Documents = z
  .array(z.strictObject({ slug: z.string().max(200), definition: z.unknown() }))
  .min(1)
  .max(2000);
/** `prune` deletes what the services of these definitions have besides: objectives of other services are left alone. */
const Definitions = z.strictObject({ documents: Documents, prune: z.boolean().default(false) });
const DOCUMENTS_LIMIT = 8 * 1024 * 1024;

/** What a list may be narrowed to: a level of the budget, or what pages now. */
export const LEVEL_FILTERS = ['burning', ...BUDGET_LEVELS, 'no_data'] as const;
export type LevelFilter = (typeof LEVEL_FILTERS)[number];

export const contract = {
  listObjectives: defineOperation({
    id: 'slo.listObjectives',
    method: 'GET',
    path: '/objectives',
    summary: 'Objectives with their budgets, worst first',
    query: PageQuery.extend({
      service: Slug.optional(),
      find: z.string().max(100).optional().describe('in the name, the slug or the service’s name'),
      level: z.enum(LEVEL_FILTERS).optional().describe('of the budget; burning: what pages now'),
    }),
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
  deleteObjective: defineOperation({
    id: 'slo.deleteObjective',
    method: 'DELETE',
    path: '/objectives/:slug',
    summary: 'Delete an objective: its alerts end, its slug is free; what is written of it stays',
    params: ObjectiveParams,
    response: z.null(),
    status: 204,
    errors: ['invalid_input', 'not_found', 'precondition_failed'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'slo delete' },
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
  listVersions: defineOperation({
    id: 'slo.listVersions',
    method: 'GET',
    path: '/objectives/:slug/versions',
    summary: 'Every version of an objective, the latest first, and which one judges',
    params: ObjectiveParams,
    response: z.object({ items: z.array(VersionView) }),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'slo versions' },
  }),
  listGroups: defineOperation({
    id: 'slo.listGroups',
    method: 'GET',
    path: '/objectives/:slug/groups',
    summary: 'The groups of an objective, worst first',
    params: ObjectiveParams,
    query: PageQuery,
    response: page(GroupView),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'slo groups' },
  }),
  explainObjective: defineOperation({
    id: 'slo.explainObjective',
    method: 'GET',
    path: '/objectives/:slug/explain',
    summary: 'Every figure of an objective or of one of its groups: formula, window, counts, coverage, version, PromQL',
    params: ObjectiveParams,
    /** A group by its key, as `listGroups` gives it. */
    query: z.object({ group: z.string().max(4000).optional() }),
    response: ExplainView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
  listCorrections: defineOperation({
    id: 'slo.listCorrections',
    method: 'GET',
    path: '/objectives/:slug/corrections',
    summary: 'Periods that count otherwise than they were counted, the latest first',
    params: ObjectiveParams,
    response: z.object({ items: z.array(CorrectionView) }),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'slo corrections' },
  }),
  proposeCorrection: defineOperation({
    id: 'slo.proposeCorrection',
    method: 'POST',
    path: '/objectives/:slug/corrections/proposals',
    summary: 'Propose to exclude or to re-count a period; it counts once an editor accepts it',
    params: ObjectiveParams,
    body: z.strictObject({ rule: CorrectionRule, reason: text(500), source: CorrectionSource.optional() }),
    response: CorrectionView,
    status: 201,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'slo propose-correction' },
  }),
  createCorrection: defineOperation({
    id: 'slo.createCorrection',
    method: 'POST',
    path: '/objectives/:slug/corrections',
    summary: 'Exclude a period, once or again and again, or re-count it',
    params: ObjectiveParams,
    body: z.strictObject({ rule: CorrectionRule, reason: text(500) }),
    response: CorrectionView,
    status: 201,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'editor',
    idempotent: true,
    cli: { command: 'slo correct' },
  }),
  decideCorrection: defineOperation({
    id: 'slo.decideCorrection',
    method: 'POST',
    path: '/corrections/:id/decision',
    summary: 'Accept or decline a proposed correction, or withdraw one',
    params: z.object({ id: idSchema('cor') }),
    body: z.strictObject({ decision: z.enum(CORRECTION_DECISIONS) }),
    response: CorrectionView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'editor',
    cli: { command: 'slo decide-correction' },
  }),
  spentByStretch: defineOperation({
    id: 'slo.spentByStretch',
    method: 'POST',
    path: '/objectives/:slug/spent',
    summary: 'Where the budget of the current period went: to each of these incidents, to none of them, and to time without data',
    params: ObjectiveParams,
    body: z.strictObject({ stretches: z.array(Stretch).max(100).default([]) }),
    response: SpentByStretchView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
  backtestObjective: defineOperation({
    id: 'slo.backtestObjective',
    method: 'POST',
    path: '/objectives/:slug/backtest',
    summary: 'What would have paged: an objective, or other terms for it, over the past',
    params: ObjectiveParams,
    body: z.strictObject({
      ...backtestShape,
      /** Instead of those of the governing version. */
      terms: z
        .strictObject({
          target: definitionShape.target.optional(),
          window: WindowInput.optional(),
          gaps: definitionShape.gaps.unwrap().optional(),
          alerting: AlertingInput.optional(),
        })
        .default({}),
    }),
    response: BacktestView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
  previewObjective: defineOperation({
    id: 'slo.previewObjective',
    method: 'POST',
    path: '/slo/preview',
    summary: 'What an objective that does not exist yet would have shown and paged, from what its source remembers',
    body: z.strictObject({ ...backtestShape, definition: ObjectiveDefinition }),
    response: BacktestView,
    errors: ['invalid_input', 'not_found', 'unavailable'],
    scope: 'editor',
  }),
  testObjective: defineOperation({
    id: 'slo.testObjective',
    method: 'POST',
    path: '/slo/test',
    summary: 'A definition and a recorded history through the engine; nothing is stored',
    body: z.strictObject({
      definition: ObjectiveDefinition,
      history: z.array(PushedBucket).min(1).max(300_000, 'must hold at most 300000 buckets'),
      stepSeconds: z.int().min(10).max(3600).default(30),
    }),
    response: BacktestView,
    errors: ['invalid_input'],
    scope: 'viewer',
    bodyLimit: 32 * 1024 * 1024,
  }),
  planObjectives: defineOperation({
    id: 'slo.planObjectives',
    method: 'POST',
    path: '/slo/plan',
    summary: 'What applying these definitions would change, and every problem in them; changes nothing',
    body: Definitions,
    response: z.object({ entries: z.array(PlanEntry), problems: z.array(DocumentProblem) }),
    errors: ['invalid_input'],
    scope: 'viewer',
    bodyLimit: DOCUMENTS_LIMIT,
  }),
  applyObjectives: defineOperation({
    id: 'slo.applyObjectives',
    method: 'POST',
    path: '/slo/apply',
    summary: 'Create, change and, where asked to, delete objectives as these definitions say, all or none',
    body: Definitions,
    response: z.object({ entries: z.array(PlanEntry) }),
    errors: ['invalid_input', 'not_found'],
    scope: 'editor',
    bodyLimit: DOCUMENTS_LIMIT,
  }),
  exportObjectives: defineOperation({
    id: 'slo.exportObjectives',
    method: 'GET',
    path: '/slo/export',
    summary: 'Objectives as definitions, OpenSLO, Prometheus rules or an Alertmanager snippet',
    query: z.object({
      format: z.enum(['nines', 'openslo', 'prometheus', 'kubernetes', 'alertmanager']).default('nines'),
      slug: Slug.optional(),
    }),
    response: z.object({
      text: z.string(),
      leftOut: z.array(z.object({ slug: z.string(), because: BecauseView })),
      notes: z.array(z.object({ slug: z.string(), because: BecauseView })),
    }),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
  importObjectives: defineOperation({
    id: 'slo.importObjectives',
    method: 'POST',
    path: '/slo/import',
    summary: 'Read OpenSLO or Sloth: the definitions they come to, and what became of every line; stores nothing',
    body: z.strictObject({
      format: z.enum(['openslo', 'sloth']),
      text: z.string().max(4_000_000),
      mode: z.enum(['strict', 'lenient']).default('lenient'),
      source: Slug.default('prometheus'),
    }),
    response: z.object({
      documents: z.array(z.object({ slug: z.string(), definition: z.record(z.string(), z.unknown()) })),
      services: z.array(z.object({ slug: z.string(), name: z.string(), description: z.string() })),
      /** Proposals from DataSources; credentials are never taken over. */
      sources: z.array(z.object({ slug: z.string(), name: z.string(), url: z.string().nullable() })),
      report: ReportView,
      problems: z.array(z.object({ path: z.string(), message: z.string(), received: z.string().optional() })),
    }),
    errors: ['invalid_input'],
    scope: 'viewer',
    bodyLimit: DOCUMENTS_LIMIT,
  }),
  ...budgetPolicyOperations,
  ...reviewOperations,
};
