import type { Because } from '#kernel/errors.ts';
import { type DurationMs, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type AlertLevel, type AlertSlot, alertTurns, becauseOf, summaryOf } from '../alert-changes.ts';
import type { CountsSource } from '../counts/counts.ts';
import { type Evaluation, evaluateObjective, NOT_EVALUATED, type ObjectiveTerms, step } from '../evaluate.ts';

/** An alert that opened, was raised or ended. */
export interface LoggedTurn {
  at: Instant;
  slot: AlertSlot;
  status: 'firing' | 'resolved';
  severity: AlertLevel;
  summary: string;
  because: Because;
}

export interface LoggedLevel {
  at: Instant;
  from: Evaluation['level'];
  to: Evaluation['level'];
}

export interface AlertLog {
  turns: LoggedTurn[];
  levels: LoggedLevel[];
  /** What the last step left. */
  evaluation: Evaluation;
}

export interface ReplaySpan {
  from: Instant;
  to: Instant;
  stepMs: DurationMs;
  name: string;
}

const STEPS_AT_ONCE = 1000;

/**
 * Lives a stretch of history again, step by step, by the same `step` as the live tick. Yields now and then, so that
 * whoever runs it can let others go first; returns the log.
 */
export function* replay(terms: ObjectiveTerms, source: CountsSource, { from, to, stepMs, name }: ReplaySpan): Generator<Instant, AlertLog> {
  const log: AlertLog = { turns: [], levels: [], evaluation: NOT_EVALUATED };
  let steps = 0;
  for (let at = from; at <= to; at = plus(at, stepMs)) {
    const before = log.evaluation;
    const past = until(source, at);
    const after = step(terms, past, at, before);
    if (after !== before) record(log, { terms, past, at, before, after, name });
    steps += 1;
    if (steps % STEPS_AT_ONCE === 0) yield at;
  }
  return log;
}

/** A source as it was known at an instant: what came later has not happened yet. */
function until(source: CountsSource, at: Instant): CountsSource {
  const last = source.lastEnd();
  if (last === null || last <= at) return source;
  const first = source.firstAt();
  const isEmpty = first === null || first >= at;
  return {
    countsInto: (from, to, into) => source.countsInto(from, to, into),
    firstAt: () => (isEmpty ? null : first),
    lastEnd: () => (isEmpty ? null : source.lastEndBefore(at)),
    lastEndBefore: (before) => source.lastEndBefore(before),
  };
}

interface Change {
  terms: ObjectiveTerms;
  past: CountsSource;
  at: Instant;
  before: Evaluation;
  after: Evaluation;
  name: string;
}

function record(log: AlertLog, { terms, past, at, before, after, name }: Change): void {
  const turns = alertTurns(before, after);
  const status = turns.length === 0 ? null : evaluateObjective(terms, past, at, before);
  for (const turn of turns) {
    if (status === null) continue;
    log.turns.push({ at, ...turn, summary: summaryOf(name, turn.slot, status), because: becauseOf(turn.slot, status) });
  }
  if (before.level !== after.level) log.levels.push({ at, from: before.level, to: after.level });
  log.evaluation = after;
}

export interface PastTrouble {
  id: string;
  from: Instant;
  to: Instant;
}

export interface Detection {
  id: string;
  /** From the trouble's start until a page was open; below 0 where one was before. Null where none opened before its end. */
  pageAfterMs: DurationMs | null;
  ticketAfterMs: DurationMs | null;
}

/** An alert that opened this long before a trouble was noted is still of it: people note late. */
const EARLY_MS = 15 * MINUTE_MS;

/** For each past trouble, after how long a page and a ticket would have told of it. */
export function detectionsOf(turns: readonly LoggedTurn[], troubles: readonly PastTrouble[]): Detection[] {
  const after = (slot: AlertSlot, trouble: PastTrouble): DurationMs | null => {
    let openSince: Instant | null = null;
    for (const turn of turns) {
      if (turn.slot !== slot) continue;
      if (turn.at > trouble.to) break;
      if (openSince !== null && turn.at >= trouble.from - EARLY_MS) break;
      openSince = turn.status === 'firing' ? (openSince ?? turn.at) : null;
    }
    return openSince === null ? null : openSince - trouble.from;
  };
  return troubles.map((trouble) => ({ id: trouble.id, pageAfterMs: after('page', trouble), ticketAfterMs: after('ticket', trouble) }));
}
