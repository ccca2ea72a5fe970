import { actorName } from '#kernel/actor.ts';
import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { type Notice, sendNotice } from '#modules/notify/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type IncidentEvent, step, type Transition } from './core/phase.ts';
import type { TimelineCode } from './core/timeline.ts';
import { nextUpdateAt } from './core/update-clock.ts';
import { incidentChanged, remind } from './events.ts';
import { type IncidentRow, insertIncidentEvent, updateIncident } from './store.ts';

/** `invalid_input` for what is said to have happened after now. */
export function requirePast(ctx: VerbContext, path: string, at: Instant | undefined): void {
  if (at === undefined || at <= ctx.now) return;
  throw new AppError('invalid_input', `${path}: must not lie in the future`, {
    fields: [{ path, message: 'must not lie in the future', received: iso(at) }],
  });
}

/** Decides an event on a locked incident; `conflict` with the reason when its phase does not allow it. */
export function decide(ctx: VerbContext, row: IncidentRow, event: IncidentEvent, at = ctx.now): Transition {
  const result = step({ phase: row.phase, severity: row.severity, anchors: row.anchors, monitoringMs: row.monitoringMs }, event, at);
  if (result.kind === 'rejection')
    throw new AppError('conflict', result.because.text, { facts: { code: result.because.code, ...result.because.facts } });
  return result;
}

/** Stores a transition with its timeline row and its update clock, and tells the screens. */
export async function record(ctx: VerbContext, row: IncidentRow, transition: Transition): Promise<IncidentRow> {
  const after: IncidentRow = {
    ...row,
    ...transition.state,
    severity: transition.state.severity ?? row.severity,
    resolvedAt: transition.state.anchors.resolvedAt,
    version: row.version + 1,
  };
  const clocked = await restartClock(ctx, after);
  await updateIncident(ctx.tx, clocked);
  await addToTimeline(ctx, row.id, transition.because);
  await ctx.publish(incidentChanged, row.id, subjectOf(clocked));
  return clocked;
}

/** Sets when customers are to hear next, and books the reminder. */
export async function restartClock(ctx: VerbContext, row: IncidentRow): Promise<IncidentRow> {
  const next = nextUpdateAt({
    phase: row.phase,
    severity: row.severity,
    declaredAt: row.anchors.declaredAt,
    lastUpdateAt: row.lastUpdateAt,
  });
  if (next.at !== null && next.at !== row.nextUpdateAt)
    await ctx.enqueue({
      job: remind,
      payload: { incidentId: row.id, nextUpdateAt: next.at },
      dueAt: next.at,
      key: `remind/${row.id}/${next.at}`,
    });
  return { ...row, nextUpdateAt: next.at };
}

export async function addToTimeline(ctx: VerbContext, incidentId: Id<'inc'>, reason: Because<TimelineCode>): Promise<number> {
  return insertIncidentEvent(ctx.tx, { incidentId, at: ctx.now, actor: ctx.actor, kind: reason.code, because: reason });
}

export interface Telling {
  personIds: readonly Id<'per'>[];
  event: Extract<Notice['event'], `incident.${string}`>;
  text: string;
  key: string;
  /** By all their contact methods at once. */
  urgent?: boolean;
}

/** Tells people something about an incident by their contact methods. */
export async function tell(ctx: VerbContext, row: IncidentRow, { personIds, key, urgent = false, ...input }: Telling): Promise<void> {
  if (personIds.length === 0) return;
  await sendNotice(ctx, { about: row.id, key, personIds, notice: noticeOf(ctx, row, input), allAtOnce: urgent });
}

export function noticeOf(ctx: VerbContext, row: IncidentRow, { event, text }: Pick<Telling, 'event' | 'text'>): Notice {
  return {
    event,
    summary: text,
    details: [`${row.severity}: ${row.title}`, `by ${actorName(ctx.actor)}`],
    pageId: null,
    alertId: null,
    path: `/incidents/${row.id}`,
    acknowledgeable: false,
  };
}

export function subjectOf(row: Pick<IncidentRow, 'id' | 'number' | 'title' | 'severity'>): {
  incidentId: Id<'inc'>;
  number: number;
  title: string;
  severity: string;
} {
  return { incidentId: row.id, number: row.number, title: row.title, severity: row.severity };
}
