import type { Because, Facts } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decideIntake, type IntakeCode, type IntakeOutcome } from './core/identity.ts';
import type { AlertSeverity, AlertSignal } from './core/signal.ts';
import { alertOpened, alertRaised, alertResolved } from './events.ts';
import {
  type AlertChange,
  type AlertEventRow,
  insertAlertEvents,
  insertAlerts,
  listOpenByKeys,
  lockKeys,
  type NewAlertRow,
  updateAlerts,
} from './store.ts';

export type SourceSignal = Pick<AlertSignal, 'key' | 'status' | 'summary' | 'severity' | 'labels' | 'links' | 'startedAt'> & {
  serviceId: Id<'svc'> | null;
  facts: Facts;
  /** Why the source raised or cleared it, where it decided that itself (a burn verdict). */
  because?: Because;
};

export interface SignalResult {
  alertId: Id<'alr'> | null;
  key: string;
  outcome: IntakeOutcome;
  because: Because<IntakeCode>;
}

interface Working {
  id: Id<'alr'>;
  severity: AlertSeverity;
  firingCount: number;
}

/**
 * Turns the signals of one source into alerts, in order, in the caller's transaction: opens, counts, raises, resolves.
 * A handful of statements whatever the number of signals.
 */
export async function applySignals(ctx: VerbContext, input: { source: string; signals: readonly SourceSignal[] }): Promise<SignalResult[]> {
  const keys = [...new Set(input.signals.map((signal) => signal.key))];
  await lockKeys(ctx.tx, input.source, keys);
  const working = new Map<string, Working>();
  for (const row of await listOpenByKeys(ctx.tx, input.source, keys))
    working.set(row.dedupKey, { id: row.id, severity: row.severity, firingCount: row.firingCount });

  const batch = new SignalBatch(ctx, input.source, working);
  const results = input.signals.map((signal) => batch.apply(signal));

  // What ends comes before what begins: one batch may resolve an alert and open the next one of its key.
  await updateAlerts(ctx.tx, [...batch.changes.values()]);
  await insertAlerts(ctx.tx, [...batch.inserts.values()]);
  await insertAlertEvents(ctx.tx, ctx.now, ctx.actor, batch.events);
  await ctx.publishAll(alertOpened, batch.opened);
  await ctx.publishAll(alertRaised, batch.raised);
  await ctx.publishAll(alertResolved, batch.resolved);
  return results;
}

type Published = { subject: string; payload: { alertId: Id<'alr'>; severity: AlertSeverity; summary: string } };

class SignalBatch {
  readonly inserts = new Map<string, NewAlertRow>();
  readonly changes = new Map<string, AlertChange>();
  readonly events: AlertEventRow[] = [];
  readonly opened: Published[] = [];
  readonly raised: Published[] = [];
  readonly resolved: Published[] = [];
  readonly #ctx: VerbContext;
  readonly #source: string;
  readonly #working: Map<string, Working>;

  constructor(ctx: VerbContext, source: string, working: Map<string, Working>) {
    this.#ctx = ctx;
    this.#source = source;
    this.#working = working;
  }

  apply(signal: SourceSignal): SignalResult {
    const open = this.#working.get(signal.key);
    const decision = decideIntake(open, signal);
    const alertId = decision.outcome === 'opened' ? this.#open(signal) : (open?.id ?? null);
    if (open !== undefined && decision.outcome !== 'opened') this.#change(open, signal, decision.outcome, decision.severity);
    if (alertId !== null && decision.outcome !== 'repeated') {
      this.events.push({ alertId, kind: decision.outcome, because: signal.because ?? decision.because });
      const published = { subject: alertId, payload: { alertId, severity: decision.severity, summary: signal.summary } };
      if (decision.outcome === 'opened') this.opened.push(published);
      else if (decision.outcome === 'raised') this.raised.push(published);
      else if (decision.outcome === 'resolved') this.resolved.push(published);
    }
    return { alertId, key: signal.key, outcome: decision.outcome, because: decision.because };
  }

  #open(signal: SourceSignal): Id<'alr'> {
    const { now } = this.#ctx;
    const id = this.#ctx.ids.next('alr');
    this.inserts.set(id, {
      id,
      source: this.#source,
      dedupKey: signal.key,
      serviceId: signal.serviceId,
      severity: signal.severity,
      summary: signal.summary,
      labels: signal.labels,
      links: signal.links,
      facts: signal.facts,
      startedAt: signal.startedAt ?? now,
      openedAt: now,
      lastFiringAt: now,
      firingCount: 1,
      resolvedAt: null,
    });
    this.#working.set(signal.key, { id, severity: signal.severity, firingCount: 1 });
    return id;
  }

  #change(open: Working, signal: SourceSignal, outcome: IntakeOutcome, severity: AlertSeverity): void {
    const firing = signal.status === 'firing';
    if (firing) open.firingCount += 1;
    open.severity = severity;
    if (outcome === 'resolved') this.#working.delete(signal.key);
    const fresh = this.inserts.get(open.id);
    if (fresh !== undefined) {
      Object.assign(fresh, { firingCount: open.firingCount, severity, resolvedAt: outcome === 'resolved' ? this.#ctx.now : null });
      if (firing) Object.assign(fresh, { summary: signal.summary, facts: signal.facts });
      return;
    }
    this.changes.set(open.id, {
      id: open.id,
      firingCount: open.firingCount,
      severity,
      latest: firing ? { summary: signal.summary, facts: signal.facts, at: this.#ctx.now } : (this.changes.get(open.id)?.latest ?? null),
      resolvedAt: outcome === 'resolved' ? this.#ctx.now : null,
    });
  }
}
