import { system } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { SECOND_MS } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';
import { type JobHandler, handleExternalJob } from '#platform/jobs/handler.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decideBegin, decideFinish, SEND_LIMIT_MS } from './core/delivery.ts';
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
  const decision = decideBegin(delivery, ctx.now);
  if (decision.kind === 'begin') return { delivery, attempt: await insertAttempt(ctx.tx, delivery, ctx.now) };
  if (decision.kind === 'call_off')
    await updateDelivery(ctx.tx, { id, state: 'cancelled', because: decision.because, dueAt: null, finishedAt: ctx.now });
  return undefined;
}

/** Records what became of an attempt and plans the next one where the outcome asks for it. */
export async function finishAttempt(ctx: VerbContext, input: { id: Id<'dlv'>; attempt: number; outcome: SendOutcome }): Promise<void> {
  const delivery = await lockDelivery(ctx.tx, input.id);
  await finishAttemptRow(ctx.tx, { deliveryId: input.id, attempt: input.attempt, finishedAt: ctx.now, outcome: input.outcome });
  const facts = {
    attempt: input.attempt,
    latestAttempt: delivery.attempts,
    state: delivery.state,
    isCalledOff: delivery.cancelledAt !== null,
  };
  const verdict = decideFinish(input.outcome, facts, ctx.now);
  if (verdict === undefined) return;
  await updateDelivery(ctx.tx, {
    id: input.id,
    state: verdict.state,
    because: verdict.because,
    dueAt: verdict.retryAt,
    finishedAt: verdict.retryAt === null ? ctx.now : null,
  });
  if (verdict.retryAt !== null)
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
    state: verdict.state,
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
        ? { kind: 'rejected', reason: missingChannel(delivery.channel) }
        : await trySend(shell.clock, channel, outgoing(parts, delivery, Math.floor(shell.clock.now() / SECOND_MS)));
    parts.metrics.deliveries.inc({ channel: delivery.channel, outcome: outcome.kind });
    await shell.transact(system('notify'), (ctx) => finishAttempt(ctx, { id: deliveryId, attempt, outcome }));
  });
}

/** A channel that throws or never answers asks for another try: neither may keep a page from going out. */
async function trySend(clock: Clock, channel: Channel, message: OutgoingNotice): Promise<SendOutcome> {
  const answered = new AbortController();
  const tooLate = async (): Promise<SendOutcome> => {
    await clock.sleep(SEND_LIMIT_MS, answered.signal);
    return { kind: 'retry', reason: `no answer within ${SEND_LIMIT_MS / SECOND_MS} s`, afterMs: null };
  };
  try {
    return await Promise.race([channel.send(message), tooLate()]);
  } catch (error) {
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error), afterMs: null };
  } finally {
    answered.abort();
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

function missingChannel(channel: DeliveryRow['channel']): string {
  return channel === 'email' ? 'no mail server is set up here (NINES_SMTP_URL)' : `the channel ${channel} is not set up here`;
}
