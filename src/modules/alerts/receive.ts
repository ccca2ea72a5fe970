import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { hashSecret } from '#platform/passwords.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import { applySignals, type SignalResult } from './apply-signals.ts';
import { signalsIn } from './core/alertmanager.ts';
import { type AlertSignal, mapSignal } from './core/signal.ts';
import { findIntegrationByHash, insertSignals } from './store.ts';

export interface ReceiveInput {
  integrationId: Id<'int'>;
  /** As parsed from JSON, one or many, in the order sent. */
  items: readonly unknown[];
}

/** Finds the integration that a key of an intake address belongs to; `unauthenticated` when there is none. */
export async function integrationOfKey(db: Db, key: string): Promise<{ id: Id<'int'>; name: string }> {
  const integration = await findIntegrationByHash(db, hashSecret(key));
  if (integration === undefined) throw new AppError('unauthenticated', 'this intake address is unknown or revoked');
  return integration;
}

/** Stores what an integration sent, word for word, and makes alerts of it. A 2xx after this commit is a promise. */
export async function receive(ctx: VerbContext, input: ReceiveInput): Promise<(SignalResult & { notes: AlertSignal['notes'] })[]> {
  const sent = input.items.flatMap(signalsIn);
  const signals = sent.map(({ fields }) => mapSignal(fields));
  const services = await listServicesBySlugs(ctx.tx, [...new Set(signals.flatMap((signal) => signal.service ?? []))]);
  const results = await applySignals(ctx, {
    source: input.integrationId,
    signals: signals.map((signal) => ({
      ...signal,
      serviceId: services.find((service) => service.slug === signal.service)?.id ?? null,
      // An unknown service is kept where a person will see it; the alert goes by the default policy.
      labels: signal.service === null ? signal.labels : { service: signal.service, ...signal.labels },
      facts: {},
    })),
  });
  await insertSignals(
    ctx.tx,
    ctx.now,
    sent.map(({ raw }, i) => ({
      id: ctx.ids.next('sig'),
      integrationId: input.integrationId,
      raw: JSON.stringify(raw).toWellFormed(),
      alertId: results[i]?.alertId ?? '',
      outcome: results[i]?.outcome ?? 'nothing_open',
    })),
  );
  return results.map((result, i) => ({ ...result, notes: signals[i]?.notes ?? [] }));
}
