import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { json } from '#platform/db/database.ts';
import type { VerbContext } from '#platform/verb.ts';
import { createWorld, type World } from '#testing/world.ts';
import { deleteObjective } from '../edit/delete-objective.ts';
import { proposeCorrection } from '../index.ts';

describe('corrections', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
  });
  afterAll(() => world.destroy());

  const put = (slug: string) =>
    world.api.slo.putObjective({ params: { slug }, body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } } });
  const get = (slug: string) => world.api.slo.getObjective({ params: { slug } });
  const ago = (minutes: number): string => iso(plus(world.clock.now(), -minutes * MINUTE_MS));
  const push = (slug: string, ...buckets: { at: string; seconds: number; good: number; valid: number }[]) =>
    world.api.slo.pushCounts({ params: { slug }, body: { buckets } });

  it('may be proposed by a responder, and count when an editor accepts them', async () => {
    await put('corrected');
    await push(
      'corrected',
      { at: ago(120), seconds: 3600, good: 3000, valid: 3600 },
      { at: ago(60), seconds: 3600, good: 3600, valid: 3600 },
    );
    const before = await get('corrected');
    expect(before).toMatchObject({ budget: { badCount: 600 }, asCounted: null });
    const rule = { kind: 'exclude' as const, from: ago(120), to: ago(60) };
    const proposed = await world.api.slo.proposeCorrection({
      params: { slug: 'corrected' },
      body: { rule, reason: 'A load test, announced', source: 'incident/inc_1' },
    });
    expect(proposed).toMatchObject({ state: 'proposed', source: 'incident/inc_1' });
    await expect(
      world.api.slo.proposeCorrection({ params: { slug: 'corrected' }, body: { rule, reason: 'Again', source: 'incident/inc_1' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(await get('corrected')).toMatchObject({ budget: { badCount: 600 }, asCounted: null });
    expect(proposed).toMatchObject({ decidedAt: null, decidedBy: null });
    const params = { id: proposed.id as never };
    await world.api.slo.decideCorrection({ params, body: { decision: 'accept' } });
    expect(await get('corrected')).toMatchObject({
      budget: { badCount: 0, validCount: 3600 },
      asCounted: { badCount: 600, validCount: 7200 },
    });
    const { figures } = await world.api.slo.explainObjective({ params: { slug: 'corrected' } });
    const countsOf = (name: string) => figures.find(({ figure }) => figure === name)?.counts;
    expect(countsOf('budget.remaining')).toMatchObject({ bad: 0, valid: 3600, excludedMs: 60 * MINUTE_MS });
    expect(countsOf('counted.budget.remaining')).toMatchObject({ bad: 600, valid: 7200, excludedMs: 0 });
    for (const decision of ['accept', 'decline'] as const)
      await expect(world.api.slo.decideCorrection({ params, body: { decision } })).rejects.toMatchObject({
        code: 'conflict',
        facts: { state: 'active' },
      });
    await world.api.slo.decideCorrection({ params, body: { decision: 'withdraw' } });
    expect(await get('corrected')).toMatchObject({ budget: { badCount: 600 }, asCounted: null });
    world.clock.advance(10_000);
    const recount = { ...rule, kind: 'recount' as const, good: 3594, valid: 3600 };
    await world.api.slo.createCorrection({ params: { slug: 'corrected' }, body: { rule: recount, reason: 'Counted twice' } });
    expect((await get('corrected')).budget).toMatchObject({ badCount: 6, validCount: 7200 });
    expect((await world.api.slo.listCorrections({ params: { slug: 'corrected' } })).items.map((item) => item.state)).toEqual([
      'active',
      'withdrawn',
    ]);
  });

  it('that are declined change no figure, and say who declined them and when', async () => {
    const before = await get('corrected');
    const propose = (source?: string) =>
      world.api.slo.proposeCorrection({
        params: { slug: 'corrected' },
        body: { rule: { kind: 'exclude', from: ago(60), to: ago(30) }, reason: 'Announced', ...(source !== undefined && { source }) },
      });
    const proposed = await propose('maintenance/mnt_1');
    const params = { id: proposed.id as never };
    const declined = await world.api.slo.decideCorrection({ params, body: { decision: 'decline' } });
    expect(declined).toMatchObject({ state: 'declined', decidedAt: iso(world.clock.now()), version: 2 });
    expect(declined.decidedBy).not.toBeNull();
    expect((await get('corrected')).budget).toEqual(before.budget);
    for (const decision of ['accept', 'decline', 'withdraw'] as const)
      await expect(world.api.slo.decideCorrection({ params, body: { decision } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(propose('maintenance/mnt_1')).rejects.toMatchObject({ code: 'conflict', facts: { state: 'declined' } });
    await expect(propose('somewhere')).rejects.toMatchObject({ fields: [{ path: 'body.source' }] });
    const { items } = await world.api.identity.listAudit({ query: { subject: proposed.id } });
    expect(items.map((row) => row.operation).sort()).toEqual(['slo.decideCorrection', 'slo.proposeCorrection']);
    expect(await propose()).toMatchObject({ state: 'proposed', source: null });
  });

  it('can be proposed by another module, in its own transaction', async () => {
    const rule = { kind: 'exclude' as const, from: instant(world.clock.now() - 60_000), to: world.clock.now(), timeZone: 'UTC' };
    const propose = (ctx: VerbContext) =>
      proposeCorrection(ctx, { slug: 'corrected', rule, reason: 'Upgrade', source: 'maintenance/mnt_2' });
    const all = async () => (await world.api.slo.listCorrections({ params: { slug: 'corrected' } })).items.map((item) => item.source);
    const failed = world.transact(async (ctx) => {
      await propose(ctx);
      throw new Error('the rest of it failed');
    });
    await expect(failed).rejects.toThrow('the rest of it failed');
    expect(await all()).not.toContain('maintenance/mnt_2');
    await world.transact(propose);
    expect(await all()).toContain('maintenance/mnt_2');
  });

  it('of a newer program correct nothing, and are counted, told and withdrawn', async () => {
    const before = await get('corrected');
    const written = await world.api.slo.createCorrection({
      params: { slug: 'corrected' },
      body: { rule: { kind: 'exclude', from: ago(120), to: ago(60) }, reason: 'Announced' },
    });
    const { db } = world.app.transactor;
    await db
      .updateTable('correction')
      .set({ rule: json({ kind: 'smooth', factor: 0.5 }), version: 2 })
      .where('id', '=', written.id)
      .execute();
    expect(await get('corrected')).toMatchObject({ budget: { badCount: before.budget.badCount }, unreadableCorrections: 1 });
    const { notes } = await world.api.slo.explainObjective({ params: { slug: 'corrected' } });
    expect(notes).toMatchObject([{ code: 'corrections_unreadable', facts: { count: 1 } }]);
    const metric = 'nines_objective_corrections_unreadable{objective="corrected"} 1';
    expect((await world.app.http.inject({ url: '/metrics' })).body).toContain(metric);
    const { items } = await world.api.slo.listCorrections({ params: { slug: 'corrected' } });
    expect(items.find((item) => item.id === written.id)).toMatchObject({ kind: 'unknown', from: null, to: null, state: 'active' });
    const gone = await world.api.slo.decideCorrection({ params: { id: written.id }, body: { decision: 'withdraw' } });
    expect(gone).toMatchObject({ kind: 'unknown', state: 'withdrawn' });
    expect(await get('corrected')).toMatchObject({ unreadableCorrections: 0 });
    expect((await world.app.http.inject({ url: '/metrics' })).body).not.toContain(metric);
    expect((await world.api.slo.explainObjective({ params: { slug: 'corrected' } })).notes).toEqual([]);
  });

  it('of a deleted objective are decided no more, and it says when it was deleted', async () => {
    await put('gone');
    const rule = { kind: 'exclude' as const, from: ago(60), to: ago(30) };
    const { id } = await world.api.slo.proposeCorrection({ params: { slug: 'gone' }, body: { rule, reason: 'Announced' } });
    const active = await world.api.slo.createCorrection({ params: { slug: 'gone' }, body: { rule, reason: 'Announced' } });
    await world.api.slo.deleteObjective({ params: { slug: 'gone' } });
    await put('gone');
    for (const [correction, decision] of [
      [id, 'accept'],
      [id, 'decline'],
      [id, 'withdraw'],
      [active.id, 'withdraw'],
    ] as const)
      await expect(world.api.slo.decideCorrection({ params: { id: correction }, body: { decision } })).rejects.toMatchObject({
        code: 'conflict',
        message: `the objective gone that the correction is of was deleted at ${iso(world.clock.now())}`,
        facts: { correction, objective: 'gone', deletedAt: iso(world.clock.now()) },
      });
    const { db } = world.app.transactor;
    expect(await db.selectFrom('correction').select('state').where('id', '=', id).execute()).toEqual([{ state: 'proposed' }]);
  });

  it('are not accepted while the objective is being deleted', async () => {
    await put('going');
    const rule = { kind: 'exclude' as const, from: ago(60), to: ago(30) };
    const { id } = await world.api.slo.proposeCorrection({ params: { slug: 'going' }, body: { rule, reason: 'Announced' } });
    const [deleted, accepting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const deleting = world.transact(async (ctx) => {
      await deleteObjective(ctx, { slug: 'going', ifMatch: undefined });
      deleted.resolve();
      await accepting.promise;
    });
    await deleted.promise;
    const accept = world.api.slo.decideCorrection({ params: { id }, body: { decision: 'accept' } });
    const refused = expect(accept).rejects.toMatchObject({ code: 'conflict', facts: { objective: 'going' } });
    await Promise.race([refused, somebodyWaits()]);
    accepting.resolve();
    await Promise.all([deleting, refused]);
  });

  /** Until a transaction waits for a row. */
  async function somebodyWaits(): Promise<void> {
    for (let n = 0; n < 2_000; n += 1) {
      const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        world.app.transactor.db,
      );
      if (rows.length > 0) return;
    }
    throw new Error('nobody waits');
  }

  it('are refused field by field', async () => {
    const correct = (rule: object) =>
      world.api.slo.createCorrection({ params: { slug: 'corrected' }, body: { rule: rule as never, reason: 'x' } });
    const at = { from: ago(60), to: ago(30) };
    await expect(correct({ kind: 'exclude', from: ago(30), to: ago(60) })).rejects.toMatchObject({ fields: [{ path: 'body.rule.to' }] });
    await expect(correct({ kind: 'recount', ...at, good: 0 })).rejects.toMatchObject({ fields: [{ path: 'body.rule.valid' }] });
    await expect(correct({ kind: 'recount', ...at, good: 5, valid: 4 })).rejects.toMatchObject({ fields: [{ path: 'body.rule.good' }] });
    await expect(correct({ kind: 'exclude', ...at, rrule: 'FREQ=SECONDLY' })).rejects.toMatchObject({
      fields: [{ path: 'body.rule.rrule' }],
    });
    for (const rrule of ['FREQ=WEEKLY;BYDAY=XX', 'FREQ=DAILY;INTERVAL=-1', 'FREQ=DAILY;UNTIL=NONSENSE'])
      await expect(correct({ kind: 'exclude', ...at, rrule })).rejects.toMatchObject({
        fields: [{ path: 'body.rule.rrule', received: rrule }],
      });
    await expect(correct({ kind: 'exclude', ...at, timeZone: 'Mars' })).rejects.toMatchObject({ fields: [{ path: 'body.rule.timeZone' }] });
  });
});
