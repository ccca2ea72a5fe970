import { because, type Because, type Facts } from '#kernel/errors.ts';
import { HOUR_MS, humanDuration, type Instant, iso, SECOND_MS } from '#kernel/instant.ts';
import type { SourceSignal } from '#modules/alerts/index.ts';
import type { Objective, ObjectiveBook, Version } from '../book.ts';
import { alertKey, type AlertTurn, alertTurns, becauseOf, summaryOf } from '../core/alert-changes.ts';
import type { CountsSource } from '../core/counts/counts.ts';
import {
  absentAfter,
  type Evaluation,
  evaluateObjective,
  NOT_EVALUATED,
  type ObjectiveStatus,
  type ObjectiveTerms,
  step,
} from '../core/evaluate.ts';
import { findImpactStart } from '../core/past/impact.ts';
import { groupLabels } from '../read/groups.ts';
import type { ObjectiveRow } from '../store.ts';
import { takeoverOf } from './take-over.ts';

/**
 * The decisions of a tick, without a single await: memory may move while something is waited for, so all is judged at once
 * and then written down.
 */
export interface Judged {
  objective: Objective;
  version: Version;
  /** `''` for the sum of all. */
  group: string;
  before: Evaluation;
  after: Evaluation;
  turns: AlertTurn[];
  /** A group that is no longer judged for itself; nothing of it is at hand any more. */
  isEnded: boolean;
}

export type Verdict = Judged | { objective: Objective; fault: string };

/** What was last said of each group, by objective and key. */
export type KnownGroups = ReadonlyMap<string, ReadonlyMap<string, Evaluation>>;

/** Judges one objective and its groups. A fault in one, which is ours, must not keep the others from being judged. */
export function judgeOne(book: ObjectiveBook, objective: Objective, groups: KnownGroups, now: Instant): Verdict[] {
  try {
    const known = groups.get(objective.id) ?? new Map<string, Evaluation>();
    const version = governingVersion(book, objective, known, now);
    const fault = book.fault(version);
    if (fault !== null) return [{ objective, fault }];
    const before = objective.evaluation;
    const after = step(book.terms(version), book.counts(objective, version), now, before);
    return [judged({ objective, version, group: '', before, after }), ...judgeGroups(book, { objective, version, known, now })];
  } catch (error) {
    return [{ objective, fault: error instanceof Error ? error.message.slice(0, 300) : String(error) }];
  }
}

function judged(parts: Omit<Judged, 'turns' | 'isEnded'>, isEnded = false): Judged {
  return { ...parts, isEnded, turns: parts.after === parts.before ? [] : alertTurns(parts.before, parts.after) };
}

interface GroupParts {
  objective: Objective;
  version: Version;
  known: ReadonlyMap<string, Evaluation>;
  now: Instant;
}

/** A group that nothing was heard of for so long, while others are heard, is gone, and its alerts with it. */
const GONE_MS = HOUR_MS;

/** Each group by the same step. What was said of groups that are no longer judged one by one ends. */
function judgeGroups(book: ObjectiveBook, { objective, version, known, now }: GroupParts): Judged[] {
  const isByGroup = version.definition.alerting.groups === 'any';
  if (!isByGroup && known.size === 0) return [];
  const keys = isByGroup ? book.history.groups(version.indicatorId) : [];
  const heardAt = book.counts(objective, version).lastEnd() ?? now;
  const terms = book.groupTerms(version);
  const current = keys.map((group) => {
    const before = known.get(group) ?? NOT_EVALUATED;
    const source = book.counts(objective, version, group);
    const isGone = heardAt - (source.lastEnd() ?? heardAt) > Math.max(GONE_MS, absentAfter(terms.intervalMs));
    const after = isGone ? quietly(before) : step(terms, source, now, before);
    return judged({ objective, version, group, before, after });
  });
  const judgedKeys = new Set(keys);
  const ended = [...known]
    .filter(([group]) => !judgedKeys.has(group))
    .map(([group, before]) => judged({ objective, version, group, before, after: quietly(before) }, true));
  return [...current, ...ended].filter((one) => one.after !== one.before);
}

/** Nothing is said any more; the same object where nothing was. */
function quietly(before: Evaluation): Evaluation {
  const isQuiet = before.page === null && !before.ticket && before.burn.firing.length === 0;
  return isQuiet ? before : { ...NOT_EVALUATED };
}

/** The version that judges from this tick on: the pending one as soon as it can, and silences nothing. */
function governingVersion(book: ObjectiveBook, objective: Objective, known: ReadonlyMap<string, Evaluation>, now: Instant): Version {
  const { current, pending } = objective;
  if (pending === null) return current;
  // Groups are judged one by one, so whether an edit would silence one of them is not asked: it waits until none is alerted on.
  if ([...known.values()].some((evaluation) => evaluation.page !== null || evaluation.ticket)) return current;
  return takeoverOf(book, objective, pending, now).takesOver ? pending : current;
}

/** The signals of what has turned, in words. The book must be ready for an hour of steps before `now`. */
export function signalsOf(book: ObjectiveBook, one: Judged, now: Instant): SourceSignal[] {
  const { objective, version, group, before, turns } = one;
  if (turns.length === 0) return [];
  if (one.isEnded) return turns.map((turn) => endedSignal(one, turn, now));
  const source = book.counts(objective, version, group);
  const terms: ObjectiveTerms = group === '' ? book.terms(version) : book.groupTerms(version);
  const status = evaluateObjective(terms, source, now, before);
  const impactStartedAt = findImpactStart(source, status.asOf, HOUR_MS, (1 - version.definition.target) * 6);
  return turns.map((turn) => {
    const startedAt = startOf(turn, source, { status, impactStartedAt, now });
    return signalOf({ objective, version, group, turn, status, startedAt, impactStartedAt });
  });
}

function endedSignal({ objective, group }: Judged, turn: AlertTurn, now: Instant): SourceSignal {
  const said = because('no_longer_judged', 'its groups are no longer judged one by one');
  return closingSignal({ objective, group, turn, summary: `${objective.name} is no longer alerted on by group`, because: said, now });
}

/** Ends an alert on what is judged no more. */
export function closingSignal(parts: {
  objective: Pick<ObjectiveRow, 'slug' | 'name' | 'serviceId'>;
  group: string;
  turn: AlertTurn;
  summary: string;
  because: Because;
  now: Instant;
}): SourceSignal {
  const { objective, group, turn, summary, now } = parts;
  return {
    key: alertKey(objective.slug, turn.slot, group),
    status: turn.status,
    severity: turn.severity,
    summary,
    serviceId: objective.serviceId,
    labels: { objective: objective.slug, slot: turn.slot },
    links: { objective: `/objectives/${objective.slug}` },
    facts: group === '' ? {} : { group },
    startedAt: now,
    because: parts.because,
  };
}

function startOf(
  { slot }: AlertTurn,
  source: CountsSource,
  { status, impactStartedAt, now }: { status: ObjectiveStatus; impactStartedAt: Instant; now: Instant },
): Instant {
  if (slot === 'page' || slot === 'ticket') return impactStartedAt;
  return slot === 'no_data' ? (source.lastEnd() ?? now) : status.asOf;
}

interface SignalParts {
  objective: Objective;
  version: Version;
  group: string;
  turn: AlertTurn;
  status: ObjectiveStatus;
  /** When what this alert is about began. */
  startedAt: Instant;
  impactStartedAt: Instant;
}

function signalOf({ objective, version, group, turn, status, startedAt, impactStartedAt }: SignalParts): SourceSignal {
  const { definition } = version;
  const labels = groupLabels(definition.indicator.groupBy, group);
  const name = group === '' ? objective.name : `${objective.name} (${Object.values(labels).join(', ') || group})`;
  return {
    key: alertKey(objective.slug, turn.slot, group),
    status: turn.status,
    severity: turn.severity,
    summary: summaryOf(name, turn.slot, status),
    serviceId: objective.serviceId,
    labels: { ...definition.labels, ...labels, objective: objective.slug, slot: turn.slot },
    links: { ...linksOf(definition.links), objective: `/objectives/${objective.slug}` },
    facts: { version: version.number, ...factsOf(status, impactStartedAt) },
    startedAt,
    because: reasonOf(turn, status),
  };
}

function reasonOf(turn: AlertTurn, status: ObjectiveStatus): Because {
  if (turn.status === 'resolved' && (turn.slot === 'page' || turn.slot === 'ticket') && status.verdict[turn.slot].firing)
    return because('group_gone', 'nothing was heard of it for an hour, while others were heard');
  return becauseOf(turn.slot, status);
}

function linksOf(links: { runbook?: string | undefined; dashboard?: string | undefined }): Record<string, string> {
  return Object.fromEntries(Object.entries(links).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function factsOf({ verdict, budget, forecast }: ObjectiveStatus, impactStartedAt: Instant): Facts {
  const burns = verdict.windows.map((window) => [`burn ${humanDuration(window.windowMs)}`, Math.round(window.rate * 10) / 10] as const);
  return {
    ...Object.fromEntries(burns),
    remainingRatio: budget.remainingRatio,
    badCount: budget.badCount,
    validCount: budget.validCount,
    exhaustsInSeconds: forecast.inMs === null ? null : Math.round(forecast.inMs / SECOND_MS),
    impactStartedAt: iso(impactStartedAt),
  };
}
