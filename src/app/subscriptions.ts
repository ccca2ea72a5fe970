import type { EventDefinition } from '#kernel/event.ts';
import { defineJob, type JobDefinition } from '#kernel/job.ts';
import { alertOpened, alertRaised, alertResolved } from '#modules/alerts/index.ts';
import { changeRecorded } from '#modules/changes/index.ts';
import { endPage, openPage } from '#modules/escalation/index.ts';
import { personCreated } from '#modules/identity/index.ts';
import { followChange, followLevel, incidentResolved } from '#modules/incidents/index.ts';
import { createDefaultContactMethods } from '#modules/notify/index.ts';
import { draftPostmortem, planForClass, postmortemChanged } from '#modules/postmortems/index.ts';
import { announceLevel } from '#modules/releases/index.ts';
import { levelChanged, type ObjectiveReader } from '#modules/slo/index.ts';
import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import type { Fanout, VerbContext } from '#platform/verb.ts';

/** Who listens to what. Upward influence between modules goes through here and nowhere else. */
function subscriptionsOf({ objectives }: SubscriptionParts): Subscription[] {
  return [
    on(personCreated, 'notify', createDefaultContactMethods),
    on(alertOpened, 'escalation', openPage, { paging: true }),
    on(alertRaised, 'escalation', openPage, { paging: true }),
    on(alertResolved, 'escalation', endPage),
    on(changeRecorded, 'incidents', followChange),
    on(levelChanged, 'incidents', followLevel),
    on(levelChanged, 'releases', (ctx, payload) => announceLevel(ctx, payload, objectives)),
    on(incidentResolved, 'postmortems', (ctx, payload) => draftPostmortem(ctx, payload, objectives)),
    on(postmortemChanged, 'postmortems', (ctx, payload) => planForClass(ctx, payload, objectives)),
  ];
}

export interface SubscriptionParts {
  objectives: ObjectiveReader;
}

export interface Subscriptions {
  jobs: readonly JobHandler[];
  /** One job a subscriber, keyed by the event: at least once, and once at a time. */
  fanout: Fanout;
}

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

export function createSubscriptions(parts: SubscriptionParts): Subscriptions {
  const subscriptions = subscriptionsOf(parts);
  const byEvent = Map.groupBy(subscriptions, (subscription) => subscription.event);
  return {
    jobs: subscriptions.map((subscription) => subscription.handler),
    fanout: (event, now) =>
      (byEvent.get(event.name) ?? []).map(({ job, subscriber }) => ({
        job,
        payload: event.payload,
        dueAt: now,
        key: `event/${event.id}/${subscriber}`,
      })),
  };
}
