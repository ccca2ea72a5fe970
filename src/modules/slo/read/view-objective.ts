import { floorTo, HOUR_MS, type Instant, iso, isoOrNull, MINUTE_MS, plus, SECOND_MS, shortDuration } from '#kernel/instant.ts';
import { type Because, because } from '#kernel/errors.ts';
import type { ServiceRow } from '#modules/catalog/index.ts';
import type { ReadingView } from '#modules/signals/index.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { ObjectiveView } from '../core/views.ts';
import { remainingRatio } from '../core/budget/budget.ts';
import { policyLevel } from '../core/budget-policy/policy.ts';
import { reviewStanding } from '../core/budget-policy/review.ts';
import { windowBurn } from '../core/burn/burn.ts';
import { type CountsSource, countsBefore, countsOf } from '../core/counts/counts.ts';
import { evaluateObjective, type ObjectiveStatus, type ObjectiveTerms, SHOWN_WINDOWS } from '../core/evaluate.ts';
import { periodAt, periodEndingAt, periodText, windowText } from '../core/window.ts';
import { definitionInput } from '../edit/put-objective.ts';
import type { GroupAlerts } from '../store.ts';
import { takeoverOf } from '../tick/take-over.ts';

export interface ViewParts {
  objective: Objective;
  service: ServiceRow | undefined;
  book: ObjectiveBook;
  now: Instant;
  /** Lists leave out the definition, which may be long. */
  isList?: boolean;
  reading?: ReadingView | null;
  /** None where no group is alerted on. */
  groupAlerts?: GroupAlerts | undefined;
}

/** Everything that is said of an objective. The book must be ready for it, and for `trendInstants`. */
export function objectiveView({ objective, service, book, now, isList = false, reading = null, groupAlerts }: ViewParts): ObjectiveView {
  const { current } = objective;
  const { definition } = current;
  const terms = book.terms(current);
  const policy = book.policy(current);
  const source = book.counts(objective);
  const status = evaluateObjective(terms, source, now, objective.evaluation);
  const { budget, level, forecast, period } = status;
  const alerts = groupAlerts ?? { paging: 0, ticketing: 0 };
  const groups = { by: definition.indicator.groupBy, count: book.history.groups(current.indicatorId).length, ...alerts };
  const { state, because: stateBecause } = stateWith(status.state, groups);
  const inSeconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / SECOND_MS));
  return {
    id: objective.id,
    slug: objective.slug,
    name: objective.name,
    description: definition.description,
    service: { slug: service?.slug ?? '', name: service?.name ?? '', tier: service?.tier ?? 4, owner: service?.owner ?? '' },
    target: definition.target,
    window: windowText(definition.window),
    indicator: isList ? null : definition.indicator,
    definition: isList ? null : definitionInput(definition),
    links: Object.fromEntries(Object.entries(definition.links).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    version: objective.version,
    createdAt: iso(objective.createdAt),
    asOf: iso(status.asOf),
    period: { from: iso(period.from), to: iso(period.to), text: periodText(definition.window, status.asOf) },
    budget,
    budgetMinutes: minutesOf(terms, period.to - period.from - status.counts.excludedMs, budget.remainingRatio),
    asCounted: objective.spans.length === 0 ? null : asCounted(book, objective, now),
    unreadableCorrections: objective.unreadableCorrections,
    ...alertingView(status, source, definition),
    level: level.level,
    levelBecause: level.because,
    budgetPolicy: { slug: policy.slug, name: policy.name, level: policyLevel(policy, level.level)?.name ?? null },
    review: reviewOf(objective, level.level),
    state,
    stateBecause,
    exhaustsInSeconds: inSeconds(forecast.inMs),
    forecast: { soonestInSeconds: inSeconds(forecast.soonestMs), latestInSeconds: inSeconds(forecast.latestMs), because: forecast.because },
    lastObservedAt: isoOrNull(source.lastEnd()),
    firstObservedAt: isoOrNull(source.firstAt()),
    alerted: { page: objective.evaluation.page, ticket: objective.evaluation.ticket },
    groups,
    reading: readingView(reading),
    governing: governingView(book, objective, now),
    trend: trendInstants(terms, now).map((at) => remainingAt(terms, source, at)),
  };
}

function reviewOf({ slug, reviews }: Objective, level: ObjectiveView['level']): ObjectiveView['review'] {
  const standing = reviewStanding(slug, level, reviews);
  if (standing === null) return null;
  const { state, need, because } = standing;
  return { state, level: need.level, levelName: need.rule.name, since: iso(need.since), because };
}

/** Where groups are alerted on one by one, what their sum is says nothing of them. */
function stateWith(
  sum: ObjectiveStatus['state'],
  { count, paging, ticketing }: ObjectiveView['groups'],
): { state: ObjectiveView['state']; because: Because } {
  if (sum.state === 'no_data' || paging + ticketing === 0) return sum;
  const [some, what] = paging > 0 ? [paging, 'page'] : [ticketing, 'open a ticket'];
  return {
    state: 'firing',
    because: because('group_firing', `${some} of ${count} groups burn fast enough to ${what}`, { groups: count, paging, ticketing }),
  };
}

/** Windows and pairs: what alerts are judged by. */
function alertingView(
  status: ObjectiveStatus,
  source: CountsSource,
  { target, gaps }: Pick<ObjectiveTerms, 'target' | 'gaps'>,
): Pick<ObjectiveView, 'burn' | 'pairs' | 'leftOut'> {
  return {
    burn: windowsOf(status.verdict.windows.map((window) => window.windowMs)).map((windowMs) => {
      const window = windowBurn(countsBefore(source, status.asOf, windowMs), target, gaps);
      return {
        window: shortDuration(windowMs),
        seconds: windowMs / SECOND_MS,
        rate: window.rate,
        badCount: window.badCount,
        validCount: window.validCount,
        coverageRatio: window.coverageRatio,
      };
    }),
    pairs: status.verdict.pairs.map(({ pair, long, short, verdict: decided, because }) => ({
      severity: pair.severity,
      urgency: pair.urgency,
      factor: pair.factor,
      long: shortDuration(pair.longMs),
      short: shortDuration(pair.shortMs),
      longRate: long.rate,
      shortRate: short.rate,
      verdict: decided,
      because,
    })),
    leftOut: status.policy.leftOut.map(({ pair, because }) => ({
      severity: pair.severity,
      factor: pair.factor,
      long: shortDuration(pair.longMs),
      short: shortDuration(pair.shortMs),
      because,
    })),
  };
}

function readingView(reading: ReadingView | null): ObjectiveView['reading'] {
  if (reading === null) return null;
  const { source, readUntil, backfill, lastFailure, notes } = reading;
  const { state, from, to, observedFrom, progressRatio, isOver } = backfill;
  return {
    source,
    readUntil: isoOrNull(readUntil),
    backfill: { state, from: iso(from), to: iso(to), observedFrom: iso(observedFrom), progressRatio, isOver },
    lastFailure: lastFailure === null ? null : { code: lastFailure.code, reason: lastFailure.reason, at: iso(lastFailure.at) },
    notes: [...notes],
  };
}

/** What the budget would be if no correction had been made. */
function asCounted(book: ObjectiveBook, objective: Objective, now: Instant): ObjectiveView['asCounted'] {
  const { budget, level } = evaluateObjective(book.terms(objective.current), book.raw(objective.current), now, objective.evaluation);
  return { remainingRatio: budget.remainingRatio, badCount: budget.badCount, validCount: budget.validCount, level: level.level };
}

/** Minutes of the period, as long as it is without what was taken out, that a full outage may last, and how many of them are left. */
function minutesOf(terms: ObjectiveTerms, lengthMs: number, remaining: number | null): ObjectiveView['budgetMinutes'] {
  const whole = ((1 - terms.target) * lengthMs) / MINUTE_MS;
  const round = (minutes: number): number => Math.round(minutes * 1000) / 1000;
  return { whole: round(whole), remaining: remaining === null ? null : round(whole * remaining) };
}

function governingView(book: ObjectiveBook, objective: Objective, now: Instant): ObjectiveView['governing'] {
  const { current, pending } = objective;
  if (pending === null) return { version: current.number, pending: null };
  const takeover = takeoverOf(book, objective, pending, now);
  return {
    version: current.number,
    pending: { version: pending.number, coverageRatio: takeover.coverageRatio, because: takeover.because },
  };
}

function windowsOf(lengths: readonly number[]): number[] {
  return [...new Set([...lengths, ...SHOWN_WINDOWS])].sort((a, b) => a - b);
}

const TREND_POINTS = 30;

/** The points of the trend, the last one now, the others on whole hours, which memory knows without reading. */
export function trendInstants({ window }: ObjectiveTerms, now: Instant): Instant[] {
  const { from } = periodAt(window, now);
  const step = (now - from) / TREND_POINTS;
  return Array.from({ length: TREND_POINTS }, (_, i) => {
    if (i === TREND_POINTS - 1) return floorTo(now, HOUR_MS);
    return floorTo(plus(from, (i + 1) * step), HOUR_MS);
  });
}

/** What must be at hand before the budget at these instants can be asked for. */
export function budgetInstants({ window }: ObjectiveTerms, instants: readonly Instant[]): Instant[] {
  return instants.flatMap((at) => [at, periodEndingAt(window, at).from]);
}

/** The budget left at an instant, of the period that it lies in. */
export function remainingAt(terms: ObjectiveTerms, source: CountsSource, at: Instant): number | null {
  const { from, to } = periodEndingAt(terms.window, at);
  return remainingRatio({ counts: countsOf(source, from, at), target: terms.target, periodMs: to - from, gaps: terms.gaps });
}
