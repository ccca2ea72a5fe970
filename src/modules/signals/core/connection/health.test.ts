import { describe, expect, it } from 'vitest';
import { instant, SECOND_MS } from '#kernel/instant.ts';
import { NEVER_READ, type PollOutcome, stepHealth } from './health.ts';

const T0 = Date.UTC(2026, 10, 19, 2);
const REFUSED: PollOutcome = { kind: 'failed', code: 'unreachable', reason: 'connection refused' };

/** Runs polls at these seconds and tells at which of them the source died or came back. */
function turnsOf(polls: readonly [second: number, outcome: PollOutcome][]) {
  let health = NEVER_READ;
  const turns: string[] = [];
  for (const [second, outcome] of polls) {
    const next = stepHealth(health, outcome, instant(T0 + second * SECOND_MS));
    health = next.health;
    if (next.turn.kind !== 'none') turns.push(`${next.turn.kind} at ${second}`);
  }
  return { turns, health };
}

describe('a source', () => {
  it('dies at the fourth failed poll in a row, once', () => {
    const failing = [30, 60, 90, 120, 150, 180].map((second) => [second, REFUSED] as [number, PollOutcome]);
    expect(turnsOf([[0, { kind: 'read' }], ...failing]).turns).toEqual(['died at 120']);
  });

  it('dies after two minutes where polls take long', () => {
    expect(
      turnsOf([
        [0, REFUSED],
        [60, REFUSED],
        [121, REFUSED],
      ]).turns,
    ).toEqual(['died at 121']);
  });

  it('bears failures between successes', () => {
    const mixed = [0, 30, 60, 90, 120, 150, 180, 210].map((s, i) => [s, i % 3 === 0 ? { kind: 'read' } : REFUSED] as [number, PollOutcome]);
    expect(turnsOf(mixed).turns).toEqual([]);
  });

  it('does not die of one failure long after the last success', () => {
    const { turns, health } = turnsOf([
      [0, { kind: 'read' }],
      [36_000, REFUSED],
    ]);
    expect(turns).toEqual([]);
    expect(health).toMatchObject({ failures: 1, lastReadAt: T0, lastFailure: { code: 'unreachable' } });
  });

  it('comes back with the next success, and remembers why it failed', () => {
    const dead = [0, 30, 60, 90].map((second) => [second, REFUSED] as [number, PollOutcome]);
    const { turns, health } = turnsOf([...dead, [120, { kind: 'read' }]]);
    expect(turns).toEqual(['died at 90', 'revived at 120']);
    expect(health).toMatchObject({ failures: 0, failingSince: null, isDead: false, lastFailure: { reason: 'connection refused' } });
  });

  it('is forgiven when nobody wants it any more', () => {
    const dead = [0, 30, 60, 90].map((second) => [second, REFUSED] as [number, PollOutcome]);
    const { turns, health } = turnsOf([...dead, [120, { kind: 'idle' }]]);
    expect(turns).toEqual(['died at 90', 'revived at 120']);
    expect(health.lastReadAt).toBeNull();
  });
});
