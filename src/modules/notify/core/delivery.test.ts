import { describe, expect, it } from 'vitest';
import { instant, MINUTE_MS } from '#kernel/instant.ts';
import { decideDelivery, MOST_ATTEMPTS } from './delivery.ts';

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
