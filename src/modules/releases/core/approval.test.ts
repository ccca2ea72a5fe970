import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, plus } from '#kernel/instant.ts';
import { type Approval, approvalState, approversOf, decideWithdrawal } from './approval.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
const approval = (change: Partial<Approval> = {}): Approval => ({
  kind: 'deploy',
  ref: 'abc123',
  by: 'Ana',
  expiresAt: plus(NOW, 24 * HOUR_MS),
  withdrawnAt: null,
  ...change,
});
const asked = { kind: 'deploy', ref: 'abc123' };

describe('an approval', () => {
  test.each<[string, Partial<Approval>, { kind: string; ref: string | null }, number, string[]]>([
    ['counts for its change', {}, asked, 0, ['Ana']],
    ['not for another', {}, { kind: 'deploy', ref: 'abc124' }, 0, []],
    ['not for one that has no name', {}, { kind: 'deploy', ref: null }, 0, []],
    ['not for another kind', {}, { kind: 'migration', ref: 'abc123' }, 0, []],
    ['until it expires', {}, asked, 24 * HOUR_MS - 1, ['Ana']],
    ['and not at that instant', {}, asked, 24 * HOUR_MS, []],
    ['not when it has expired now, whatever moment is asked for', { expiresAt: NOW }, asked, -HOUR_MS, []],
    ['not when it was withdrawn', { withdrawnAt: NOW }, asked, 0, []],
  ])('%s', (_name, change, of, laterMs, by) => {
    expect(approversOf([approval(change)], of, { now: NOW, at: plus(NOW, laterMs) })).toEqual(by);
  });

  test('of several people names each once', () => {
    const all = [approval(), approval({ by: 'Ben' }), approval(), approval({ by: 'Cy', withdrawnAt: NOW })];
    expect(approversOf(all, asked, { now: NOW, at: NOW })).toEqual(['Ana', 'Ben']);
  });

  test.each<[Partial<Approval>, string, boolean, string]>([
    [{}, 'counting', true, 'withdrawn'],
    [{ expiresAt: NOW }, 'expired', false, 'expired_already'],
    [{ withdrawnAt: NOW }, 'withdrawn', false, 'withdrawn_already'],
    [{ withdrawnAt: NOW, expiresAt: NOW }, 'withdrawn', false, 'withdrawn_already'],
  ])('%j is %s; taking it back: %s, %s', (change, state, allowed, code) => {
    expect(approvalState(approval(change), NOW)).toBe(state);
    expect(decideWithdrawal(approval(change), NOW)).toMatchObject({ allowed, because: { code } });
  });
});
