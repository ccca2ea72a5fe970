import { describe, expect, it } from 'vitest';
import { instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { decideBegin, decideDelivery, decideFinish, MOST_ATTEMPTS, type SendOutcome } from './delivery.ts';

const at = instant(Date.UTC(2026, 10, 19, 2));

describe('what an attempt makes of its delivery', () => {
  it('is sent when the provider has it and delivered when it arrived', () => {
    expect(decideDelivery({ kind: 'accepted', reference: 'x' }, 1, at)).toMatchObject({
      state: 'sent',
      retryAt: null,
      because: { code: 'provider_accepted' },
    });
    expect(decideDelivery({ kind: 'delivered', reference: null }, 1, at)).toMatchObject({
      state: 'delivered',
      because: { code: 'arrived' },
    });
  });

  it('fails at once when refused, with the reason', () => {
    expect(decideDelivery({ kind: 'rejected', reason: 'no such mailbox' }, 1, at)).toMatchObject({
      state: 'failed',
      because: { code: 'refused', facts: { reason: 'no such mailbox' } },
    });
  });

  it('waits longer each time, never over five minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map(
      (attempt) => (decideDelivery({ kind: 'retry', reason: 'busy', afterMs: null }, attempt, at).retryAt ?? 0) - at,
    );
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 5 * MINUTE_MS]);
  });

  it('waits as long as the provider asks', () => {
    expect(decideDelivery({ kind: 'retry', reason: 'busy', afterMs: 60_000 }, 1, at).retryAt).toBe(at + 60_000);
  });

  it('gives up after the last try', () => {
    expect(decideDelivery({ kind: 'retry', reason: 'busy', afterMs: null }, MOST_ATTEMPTS, at)).toMatchObject({
      state: 'failed',
      retryAt: null,
      because: { code: 'tries_spent' },
    });
  });
});

describe('whether a try may begin', () => {
  const queued = { state: 'queued', dueAt: at, cancelledAt: null } as const;

  it('begins what is queued and due, and what a crash cut off', () => {
    expect(decideBegin(queued, at)).toEqual({ kind: 'begin' });
    expect(decideBegin({ ...queued, state: 'sending', dueAt: plus(at, 1) }, at)).toEqual({ kind: 'begin' });
  });

  it('leaves what waits for a later try to the job of that try', () => {
    expect(decideBegin({ ...queued, dueAt: plus(at, 1) }, at)).toEqual({ kind: 'leave' });
  });

  it('leaves what is over', () => {
    for (const state of ['sent', 'delivered', 'failed', 'cancelled'] as const)
      expect(decideBegin({ ...queued, state }, at).kind).toBe('leave');
  });

  it('calls off what a crash cut off and an acknowledgement overtook, with that reason', () => {
    expect(decideBegin({ ...queued, state: 'sending', cancelledAt: at }, at)).toMatchObject({
      kind: 'call_off',
      because: { code: 'called_off' },
    });
  });
});

describe('an outcome that comes when things have moved on', () => {
  const retry: SendOutcome = { kind: 'retry', reason: 'slow', afterMs: null };
  const arrived: SendOutcome = { kind: 'delivered', reference: null };
  const facts = { attempt: 1, latestAttempt: 1, state: 'sending', isCalledOff: false } as const;

  it('asks for no further try when the page was taken meanwhile, and says so', () => {
    expect(decideFinish(retry, { ...facts, isCalledOff: true }, at)).toMatchObject({
      state: 'cancelled',
      retryAt: null,
      because: { code: 'called_off' },
    });
  });

  it('changes nothing when a later attempt has begun', () => {
    expect(decideFinish(retry, { ...facts, latestAttempt: 2 }, at)).toBeUndefined();
  });

  it('never takes an arrival back', () => {
    expect(decideFinish(arrived, { ...facts, latestAttempt: 2 }, at)).toMatchObject({ state: 'delivered' });
    expect(decideFinish(retry, { ...facts, attempt: 2, latestAttempt: 2, state: 'delivered' }, at)).toBeUndefined();
    expect(decideFinish(arrived, { ...facts, state: 'delivered' }, at)).toBeUndefined();
  });
});
