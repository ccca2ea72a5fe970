import type { EventDefinition } from '#kernel/event.ts';
import { defineJob, type JobDefinition } from '#kernel/job.ts';
import { alertOpened, alertRaised, alertResolved } from '#modules/alerts/index.ts';
import { endPage, openPage } from '#modules/escalation/index.ts';
import { personCreated } from '#modules/identity/index.ts';
import { createDefaultContactMethods } from '#modules/notify/index.ts';
import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import type { Fanout, VerbContext } from '#platform/verb.ts';

/** Who listens to what. Upward influence between modules goes through here and nowhere else. */
const SUBSCRIPTIONS = [
  on(personCreated, 'notify', createDefaultContactMethods),
  on(alertOpened, 'escalation', openPage, { paging: true }),
  on(alertRaised, 'escalation', openPage, { paging: true }),
  on(alertResolved, 'escalation', endPage),
];

interface Subscription {
  event: string;
  subscriber: string;
  job: JobDefinition<unknown>;
  handler: JobHandler;
}

function on<P>(
  event: EventDefinition<P>,
  subscriber: string,
  run: (ctx: VerbContext, payload: P) => Promise<unknown>,
  options: { paging?: boolean } = {},
): Subscription {
  const job = defineJob(`${subscriber}.on_${event.name.replace('.', '_')}`, event.payload, options);
  const handler = handleJob(job, async (ctx, payload) => {
    await run(ctx, payload);
  });
  return { event: event.name, subscriber, job, handler };
}

export const subscriptionJobs: readonly JobHandler[] = SUBSCRIPTIONS.map((subscription) => subscription.handler);

/** One job a subscriber, keyed by the event: at least once, and once at a time. */
export const fanout: Fanout = (event, now) =>
  SUBSCRIPTIONS.filter((subscription) => subscription.event === event.name).map((subscription) => ({
    job: subscription.job,
    payload: event.payload,
    dueAt: now,
    key: `event/${event.seq}/${subscription.subscriber}`,
  }));
