import type { Because } from '#kernel/errors.ts';
import { HOUR_MS, type Instant } from '#kernel/instant.ts';
import { type Budget, computeBudget, type Exhaustion, levelOf, type LevelVerdict, timeToExhaustion } from './budget.ts';
import { type BurnState, type BurnVerdict, evaluateBurn, type SeverityVerdict, windowBurn } from './burn.ts';
import { type CountsEngine, countsBefore } from './counts.ts';
import { computePolicy } from './policy.ts';

/** The terms of an objective. */
export interface ObjectiveTerms {
  target: number;
  windowMs: number;
}

export type AlertLevel = 'critical' | 'warning' | 'ticket';

/** What one tick leaves for the next. Plain JSON. */
export interface Evaluation {
  burn: BurnState;
  /** What is alerted on now: the page's urgency, and whether a ticket is open. */
  page: 'critical' | 'warning' | null;
  ticket: boolean;
  state: BurnVerdict['objective']['state'];
  level: LevelVerdict['level'];
}

export const NOT_EVALUATED: Evaluation = { burn: { firing: [] }, page: null, ticket: false, state: 'no_data', level: 'no_data' };

export interface ObjectiveStatus {
  budget: Budget;
  level: LevelVerdict;
  verdict: BurnVerdict;
  exhaustion: Exhaustion;
  evaluation: Evaluation;
}

/** Everything there is to say of an objective at an instant. One function for the tick and for whoever asks. */
export function evaluateObjective(terms: ObjectiveTerms, source: CountsEngine, now: Instant, previous: Evaluation): ObjectiveStatus {
  const policy = computePolicy(terms.windowMs, terms.target);
  const budget = computeBudget({ counts: countsBefore(source, now, terms.windowMs), target: terms.target, windowMs: terms.windowMs });
  const level = levelOf(budget.remainingRatio);
  const verdict = evaluateBurn({ policy, source, target: terms.target, now, previous: previous.burn });
  const hour = windowBurn(countsBefore(source, now, HOUR_MS), terms.target);
  return {
    budget,
    level,
    verdict,
    exhaustion: timeToExhaustion(budget.remainingRatio, hour.rate, terms.windowMs),
    evaluation: {
      burn: verdict.state,
      page: verdict.page.firing ? (verdict.page.urgency ?? 'warning') : null,
      ticket: verdict.ticket.firing,
      state: verdict.objective.state,
      level: level.level,
    },
  };
}

export type AlertSlot = 'page' | 'ticket';

export interface AlertChange {
  slot: AlertSlot;
  status: 'firing' | 'resolved';
  severity: AlertLevel;
  because: Because;
}

/** Which alerts a tick opens, raises or resolves: only what differs from the last one. */
export function alertChanges(previous: Evaluation, status: ObjectiveStatus): AlertChange[] {
  const { page, ticket } = status.verdict;
  const changes: AlertChange[] = [];
  const now = status.evaluation;
  if (now.page !== null && now.page !== previous.page && previous.page !== 'critical') changes.push(firing('page', now.page, page));
  if (now.page === null && previous.page !== null)
    changes.push({ slot: 'page', status: 'resolved', severity: previous.page, because: page.because });
  if (now.ticket && !previous.ticket) changes.push(firing('ticket', 'ticket', ticket));
  if (!now.ticket && previous.ticket) changes.push({ slot: 'ticket', status: 'resolved', severity: 'ticket', because: ticket.because });
  return changes;
}

function firing(slot: AlertSlot, severity: AlertLevel, verdict: SeverityVerdict): AlertChange {
  return { slot, status: 'firing', severity, because: verdict.because };
}
