import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView } from '#kernel/operation.ts';
import { BUDGET_LEVELS } from './budget/budget.ts';
import { CORRECTION_STATES } from './counts/correction-decision.ts';

const OBJECTIVE_STATES = ['ok', 'firing', 'frozen', 'no_data', 'no_traffic'] as const;

const BudgetView = z.object({
  remainingRatio: z.number().nullable(),
  badCount: z.number(),
  validCount: z.number(),
  allowedBadCount: z.number(),
  gapBadCount: z.number(),
  coverageRatio: z.number(),
  because: BecauseView,
});

const WindowView = z.object({
  window: z.string(),
  seconds: z.number(),
  rate: z.number(),
  badCount: z.number(),
  validCount: z.number(),
  coverageRatio: z.number(),
});

const PairView = z.object({
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
  service: z.object({ slug: z.string(), name: z.string(), tier: z.number(), owner: z.string() }),
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
  /** Corrections that count and that this version of Nines cannot read: they correct nothing until one that can does. */
  unreadableCorrections: z.number(),
  burn: z.array(WindowView),
  pairs: z.array(PairView),
  /** Pairs of the policy that could be of no use here. */
  leftOut: z.array(
    z.object({ severity: z.enum(['page', 'ticket']), factor: z.number(), long: z.string(), short: z.string(), because: BecauseView }),
  ),
  level: z.enum([...BUDGET_LEVELS, 'no_data']),
  levelBecause: BecauseView,
  /** The error-budget policy that the level comes from, and the level as it calls it; null for no data. */
  budgetPolicy: z.object({ slug: z.string(), name: z.string(), level: z.string().nullable() }),
  /** What it owes a look back for, before the gate answers by its budget again; null where nothing is owed. */
  review: z
    .object({
      /** `pending`: the level has been left, and the gate answers as at it. */
      state: z.enum(['level_holds', 'pending']),
      level: z.enum(BUDGET_LEVELS),
      levelName: z.string(),
      since: IsoTime,
      because: BecauseView,
    })
    .nullable(),
  state: z.enum(OBJECTIVE_STATES),
  stateBecause: BecauseView,
  /** At the pace of the last 6 h, time until nothing is left; null where it will not run out. */
  exhaustsInSeconds: z.number().nullable(),
  /** At the fastest and the slowest pace of the last 1 h, 6 h and 1 d. */
  forecast: z.object({ soonestInSeconds: z.number().nullable(), latestInSeconds: z.number().nullable(), because: BecauseView }),
  lastObservedAt: IsoTime.nullable(),
  firstObservedAt: IsoTime.nullable(),
  /** What its alerts are open at, those of its groups aside. Held ones are open too. */
  alerted: z.object({ page: z.enum(['critical', 'warning']).nullable(), ticket: z.boolean() }),
  /** Its groups, and how many of them have a page and a ticket open, where they are alerted on one by one. */
  groups: z.object({ by: z.array(z.string()), count: z.number(), paging: z.number(), ticketing: z.number() }),
  /** How far the counts have been read from their source; null for what is pushed, and in lists. */
  reading: z
    .object({
      source: z.string(),
      readUntil: IsoTime.nullable(),
      backfill: z.object({
        state: z.string(),
        from: IsoTime,
        to: IsoTime,
        observedFrom: IsoTime,
        progressRatio: z.number(),
        isOver: z.boolean(),
      }),
      lastFailure: z.object({ code: z.string(), reason: z.string(), at: IsoTime }).nullable(),
      notes: z.array(z.string()),
    })
    .nullable(),
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

const LevelName = z.enum([...BUDGET_LEVELS, 'no_data']);

export const VersionView = z.object({
  number: z.number(),
  definition: z.record(z.string(), z.unknown()),
  createdAt: IsoTime,
  createdBy: z.string(),
  /** Since when it has judged, or did; null where it never has. */
  governsSince: IsoTime.nullable(),
  isGoverning: z.boolean(),
});

export const CorrectionView = z.object({
  id: z.string(),
  state: z.enum(CORRECTION_STATES),
  /** `unknown`: written by a newer Nines, and not read by this one; it corrects nothing here. */
  kind: z.enum(['exclude', 'recount', 'unknown']),
  /** Null where it cannot be read. */
  from: IsoTime.nullable(),
  to: IsoTime.nullable(),
  rrule: z.string().nullable(),
  timeZone: z.string(),
  good: z.number().nullable(),
  valid: z.number().nullable(),
  reason: z.string(),
  source: z.string().nullable(),
  version: z.number(),
  createdAt: IsoTime,
  createdBy: z.string(),
  decidedAt: IsoTime.nullable(),
  decidedBy: z.string().nullable(),
});
export type CorrectionView = z.output<typeof CorrectionView>;

export const GroupView = z.object({
  key: z.string(),
  labels: z.record(z.string(), z.string()),
  remainingRatio: z.number().nullable(),
  badCount: z.number(),
  validCount: z.number(),
  coverageRatio: z.number(),
  burn1h: z.number(),
  burn5m: z.number(),
  /** The page that this group has open, where groups are alerted on one by one. */
  page: z.enum(['critical', 'warning']).nullable(),
  ticket: z.boolean(),
});

const CountsView = z.object({
  good: z.number(),
  bad: z.number(),
  valid: z.number(),
  windowMs: z.number(),
  observedMs: z.number(),
  gapMs: z.number(),
  excludedMs: z.number(),
});

/** One figure, opened down to the counts that it came from. */
const FigureView = z.object({
  figure: z.string(),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.enum(['ratio', 'times', 'seconds', 'events']),
  /** What of the counts it shows. */
  of: z.enum(['sli', 'allowed', 'spare', 'remaining', 'minutes', 'coverage', 'burn', 'forecast']),
  formula: z.string(),
  windowMs: z.number(),
  from: IsoTime,
  to: IsoTime,
  counts: CountsView,
  /** Bad events that time without data counts as, where gaps are bad. */
  gapBadCount: z.number(),
  coverageRatio: z.number(),
  /** What the coverage is a share of. */
  coveredOfMs: z.number(),
  because: BecauseView.nullable(),
  /** What a Prometheus would be asked for the same figure; null where the counts are not its. */
  promql: z.string().nullable(),
});
export type FigureView = z.output<typeof FigureView>;

export const ExplainView = z.object({
  slug: z.string(),
  /** Labels of the group whose figures these are; none for all together. */
  group: z.record(z.string(), z.string()),
  version: z.number(),
  asOf: IsoTime,
  target: z.number(),
  window: z.string(),
  /** What the figures leave out. */
  notes: z.array(BecauseView),
  figures: z.array(FigureView),
});

const SpentView = z.object({ ratio: z.number().nullable(), badCount: z.number(), because: BecauseView });

/** Where a budget went. The parts of the stretches, what lies outside them, and time without data add up to what was spent. */
export const SpentByStretchView = z.object({
  from: IsoTime,
  to: IsoTime,
  /** In order of their start. A bad event that two of them share belongs to the one that started first. */
  items: z.array(z.object({ id: z.string(), spent: SpentView })),
  outside: SpentView,
  /** Share of the budget that time without data took, where it counts as bad. */
  gapsRatio: z.number(),
  /** Alerts that were opened in the period. */
  alerts: z.object({ pages: z.number(), tickets: z.number(), noData: z.number() }),
});

const TurnView = z.object({
  at: IsoTime,
  slot: z.enum(['page', 'ticket', 'exhausted', 'forecast', 'no_data', 'broken']),
  status: z.enum(['firing', 'resolved']),
  severity: z.enum(['critical', 'warning', 'ticket']),
  summary: z.string(),
  because: BecauseView,
});

/** What would have happened: the alerts, the levels, the share of good events, and how soon past troubles would have been told. */
export const BacktestView = z.object({
  from: IsoTime,
  to: IsoTime,
  stepSeconds: z.number(),
  pages: z.number(),
  tickets: z.number(),
  turns: z.array(TurnView),
  /** More turns than are shown. */
  turnsLeftOut: z.number(),
  levels: z.array(z.object({ at: IsoTime, from: LevelName, to: LevelName })),
  detections: z.array(z.object({ id: z.string(), pageAfterSeconds: z.number().nullable(), ticketAfterSeconds: z.number().nullable() })),
  counts: z.object({ good: z.number(), bad: z.number(), valid: z.number(), coverageRatio: z.number() }),
  recommendation: z.object({ target: z.number().nullable(), achievedRatio: z.number().nullable(), because: BecauseView }),
  /** Of the terms that were lived by. */
  target: z.number(),
  /** What is doubtful in what was read. */
  notes: z.array(BecauseView),
  /** What was achieved and known of this time, and the budget at its end, each down to its counts. */
  figures: z.array(FigureView),
  series: z.array(
    z.object({
      at: IsoTime,
      badCount: z.number(),
      validCount: z.number(),
      coverageRatio: z.number(),
      remainingRatio: z.number().nullable(),
    }),
  ),
});
export type BacktestView = z.output<typeof BacktestView>;

export const DocumentProblem = z.object({ slug: z.string(), path: z.string(), message: z.string(), received: z.string().optional() });
export type DocumentProblem = z.output<typeof DocumentProblem>;

export const PlanEntry = z.object({
  slug: z.string(),
  action: z.enum(['create', 'change', 'delete', 'unchanged']),
  changes: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
  /** The counts go on as they are; otherwise the new version waits until its own counts can tell. */
  keepsCounts: z.boolean(),
});
export type PlanEntry = z.output<typeof PlanEntry>;

export const ReportView = z.object({
  mapped: z.array(z.object({ path: z.string(), to: z.string() })),
  changed: z.array(z.object({ path: z.string(), to: z.string(), because: BecauseView })),
  dropped: z.array(z.object({ path: z.string(), because: BecauseView })),
});
