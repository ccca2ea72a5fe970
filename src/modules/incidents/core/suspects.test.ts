import { describe, expect, it } from 'vitest';
import { HOUR_MS, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type Candidate, rankSuspects } from './suspects.ts';

const impactStartedAt = instant(Date.UTC(2026, 10, 19, 2));
const facts = { impactStartedAt, serviceIds: ['svc_checkout'] };

function change(id: string, minutesBefore: number, more: Partial<Candidate> = {}): Candidate {
  const finishedAt = plus(impactStartedAt, -minutesBefore * MINUTE_MS);
  return { id, kind: 'deploy', version: '1', serviceId: 'svc_checkout', startedAt: plus(finishedAt, -1000), finishedAt, ...more };
}

describe('ranking suspects', () => {
  it('puts the change on the suffering service that ended last before impact first', () => {
    const ranked = rankSuspects([change('flag', 31, { serviceId: 'svc_payments' }), change('old', 90), change('deploy', 1)], facts);
    expect(ranked.map((suspect) => [suspect.id, suspect.strength])).toEqual([
      ['deploy', 'strong'],
      ['old', 'likely'],
      ['flag', 'weak'],
    ]);
    expect(ranked[0]?.because).toMatchObject([{ code: 'ended_before', facts: { awayMs: 60_000 } }, { code: 'on_the_service' }]);
  });
  it('leaves out what began after impact and what is more than two hours old', () => {
    expect(rankSuspects([change('later', -5), change('ancient', 2 * 60 + 1)], facts)).toEqual([]);
  });
  it('suspects a change that began seconds after the cell of counts in which impact was first seen', () => {
    const startedAt = plus(impactStartedAt, 6000);
    expect(rankSuspects([change('deploy', 0, { startedAt, finishedAt: startedAt })], facts)).toMatchObject([
      { id: 'deploy', strength: 'strong' },
    ]);
    expect(rankSuspects([change('later', 0, { startedAt: plus(impactStartedAt, MINUTE_MS + 1) })], facts)).toEqual([]);
  });
  it('counts a change that was under way as the nearest', () => {
    expect(
      rankSuspects([change('running', 0, { startedAt: plus(impactStartedAt, -HOUR_MS), finishedAt: null }), change('near', 1)], facts).map(
        (suspect) => suspect.id,
      ),
    ).toEqual(['near', 'running']);
    expect(rankSuspects([change('running', -5, { startedAt: plus(impactStartedAt, -MINUTE_MS) })], facts)[0]?.because[0]?.code).toBe(
      'was_running',
    );
  });
  it('does not suspect a rollback strongly', () => {
    expect(rankSuspects([change('back', 1, { kind: 'rollback' })], facts)[0]).toMatchObject({ strength: 'weak' });
  });
});
