import { system } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { SECOND_MS } from '#kernel/instant.ts';
import { type JobHandler, handleExternalJob } from '#platform/jobs/handler.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decideDelivery } from './core/delivery.ts';
import { deliver, deliveryChanged } from './job-definitions.ts';
import { linkToken } from './links.ts';
import type { Channel, OutgoingNotice, SendOutcome } from './port.ts';
import { type DeliveryRow, finishAttemptRow, insertAttempt, lockDelivery, updateDelivery } from './store.ts';

export interface NotifyParts {
  channels: readonly Channel[];
  publicUrl: string;
  /** Signs acknowledgement links. */
  secret: string;
  metrics: Metrics;
}

/** Opens an attempt, unless the delivery is over or called off. Committed before the outside is called. */
export async function beginAttempt(ctx: VerbContext, id: Id<'dlv'>): Promise<{ delivery: DeliveryRow; attempt: number } | undefined> {
  const delivery = await lockDelivery(ctx.tx, id);
  if (delivery.state !== 'queued' && delivery.state !== 'sending') return undefined;
  if (delivery.cancelledAt !== null) {
    // A try was cut off by a crash, and what it told of is over since.
    await updateDelivery(ctx.tx, { id, state: 'cancelled', because: delivery.because, dueAt: null, finishedAt: ctx.now });
    return undefined;
  }
  return { delivery, attempt: await insertAttempt(ctx.tx, delivery, ctx.now) };
}

/** Records what became of an attempt and plans the next one where the outcome asks for it. */
export async function finishAttempt(ctx: VerbContext, input: { id: Id<'dlv'>; attempt: number; outcome: SendOutcome }): Promise<void> {
  const delivery = await lockDelivery(ctx.tx, input.id);
  const verdict = decideDelivery(input.outcome, input.attempt, ctx.now);
  await finishAttemptRow(ctx.tx, { deliveryId: input.id, attempt: input.attempt, finishedAt: ctx.now, outcome: input.outcome });
  const calledOff = verdict.retryAt !== null && delivery.cancelledAt !== null;
  const state = calledOff ? 'cancelled' : verdict.state;
  await updateDelivery(ctx.tx, {
    id: input.id,
    state,
    because: verdict.because,
    dueAt: verdict.retryAt,
    finishedAt: state === 'queued' ? null : ctx.now,
  });
  if (verdict.retryAt !== null && !calledOff)
    await ctx.enqueue({
      job: deliver,
      payload: { deliveryId: input.id },
      dueAt: verdict.retryAt,
      key: `deliver/${input.id}/${input.attempt + 1}`,
    });
  await ctx.publish(deliveryChanged, input.id, {
    deliveryId: input.id,
    about: delivery.about,
    personId: delivery.personId,
    channel: delivery.channel,
    state,
    event: delivery.notice.event,
    summary: delivery.notice.summary,
  });
}

/** The job of one delivery: attempt row, call, outcome, each in a step of its own. */
export function deliverJob(parts: NotifyParts): JobHandler {
  const channels = new Map(parts.channels.map((channel) => [channel.name, channel]));
  return handleExternalJob(deliver, async (shell, { deliveryId }) => {
    const begun = await shell.transact(system('notify'), (ctx) => beginAttempt(ctx, deliveryId));
    if (begun === undefined) return;
    const { delivery, attempt } = begun;
    const channel = channels.get(delivery.channel);
    const outcome: SendOutcome =
      channel === undefined
        ? { kind: 'rejected', reason: `the channel ${delivery.channel} is not set up on this installation` }
        : await trySend(channel, outgoing(parts, delivery, Math.floor(shell.clock.now() / SECOND_MS)));
    parts.metrics.deliveries.inc({ channel: delivery.channel, outcome: outcome.kind });
    await shell.transact(system('notify'), (ctx) => finishAttempt(ctx, { id: deliveryId, attempt, outcome }));
  });
}

async function trySend(channel: Channel, message: OutgoingNotice): Promise<SendOutcome> {
  try {
    return await channel.send(message);
  } catch (error) {
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error), afterMs: null };
  }
}

function outgoing(parts: NotifyParts, delivery: DeliveryRow, atSeconds: number): OutgoingNotice {
  return {
    deliveryId: delivery.id,
    idempotencyKey: delivery.id,
    personId: delivery.personId,
    target: delivery.target,
    secret: delivery.secret,
    atSeconds,
    notice: delivery.notice,
    ackUrl: delivery.notice.acknowledgeable ? `${parts.publicUrl}/a/${linkToken(parts.secret, delivery.id)}` : null,
    openUrl: parts.publicUrl + delivery.notice.path,
  };
}
