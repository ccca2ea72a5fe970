import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import { instant } from '#kernel/instant.ts';
import { raiseFallbackAlarm } from '#modules/notify/index.ts';
import { said } from './core/timeline.ts';
import { decideReminder } from './core/update-clock.ts';
import { remind } from './events.ts';
import { addToTimeline, noticeOf, tell } from './record.ts';
import { lockIncident } from './store.ts';

/**
 * Reminds the Communications Lead of an update that is due, then the commander, or the fallback contact where nobody
 * commands. An update meanwhile ends it.
 */
const remindJob = handleJob(remind, async (ctx, payload) => {
  const row = await lockIncident(ctx.tx, payload.incidentId);
  if (row.nextUpdateAt !== payload.nextUpdateAt) return;
  const decision = decideReminder(row.nextUpdateAt, ctx.now);
  const { commander, communications } = row.roles;
  const person =
    decision.remind === 'communications_lead'
      ? (communications ?? commander)
      : decision.remind === 'incident_commander'
        ? commander
        : undefined;
  if (decision.remind !== 'nobody')
    await addToTimeline(ctx, row.id, said('update_due', decision.because.text, { ...decision.because.facts, reminded: decision.remind }));
  const notice = { event: 'incident.update_due' as const, text: `INC-${row.number}: ${decision.because.text}` };
  const key = `remind/${row.id}/${payload.nextUpdateAt}/${decision.remind}`;
  if (person !== undefined) await tell(ctx, row, { ...notice, personIds: [person], key });
  else if (decision.remind === 'incident_commander')
    await raiseFallbackAlarm(ctx, { about: row.id, key, notice: noticeOf(ctx, row, notice) });
  if (decision.wakeAt !== null && decision.wakeAt > ctx.now)
    await ctx.enqueue({
      job: remind,
      payload: { incidentId: row.id, nextUpdateAt: instant(payload.nextUpdateAt) },
      dueAt: decision.wakeAt,
      key: `remind/${row.id}/${payload.nextUpdateAt}/again`,
    });
});

export const jobs: JobHandler[] = [remindJob];
