import { applySignals } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type HealthTurn, type PollOutcome, type SourceHealth, stepHealth } from '../core/connection/health.ts';
import { lockHealth, type SourceRow, updateHealth } from '../source/store.ts';

export interface HealthInput {
  source: Pick<SourceRow, 'id' | 'slug' | 'name'>;
  outcome: PollOutcome;
  /** How many objectives rely on the source. */
  objectives: number;
}

/** Keeps what a poll says of its source; a source that died is an alert, which ends when it answers again. */
export async function recordHealth(ctx: VerbContext, { source, outcome, objectives }: HealthInput): Promise<void> {
  const before = await lockHealth(ctx.tx, source.id);
  if (before === undefined) return;
  if (outcome.kind === 'idle' && before.failures === 0) return;
  const { health, turn } = stepHealth(before, outcome, ctx.now);
  await updateHealth(ctx.tx, source.id, health);
  if (turn.kind !== 'none') await tell(ctx, { source, objectives, turn, health: turn.kind === 'died' ? health : before });
}

async function tell(
  ctx: VerbContext,
  { source, objectives, turn, health }: { source: HealthInput['source']; objectives: number; turn: HealthTurn; health: SourceHealth },
): Promise<void> {
  if (turn.kind === 'none') return;
  const since = health.failingSince ?? ctx.now;
  const blind = objectives === 1 ? '1 objective is blind' : `${objectives} objectives are blind`;
  const summary =
    turn.kind === 'died'
      ? `Source ${source.slug} does not answer: ${blind} (${health.lastFailure?.reason ?? 'no reason given'})`
      : `Source ${source.slug}: ${turn.because.text}`;
  const signal = {
    key: `source/${source.slug}`,
    status: turn.kind === 'died' ? ('firing' as const) : ('resolved' as const),
    severity: 'warning' as const,
    summary,
    serviceId: null,
    labels: { source: source.slug },
    links: {},
    facts: { ...turn.because.facts, source: source.slug, name: source.name, objectives },
    startedAt: since,
    because: turn.because,
  };
  await applySignals(ctx, { source: 'signals', signals: [signal] });
}
