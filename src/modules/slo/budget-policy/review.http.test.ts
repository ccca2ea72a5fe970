import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, instant, iso, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { nextTick } from '#modules/slo/index.ts';
import { giveHistory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

const levels = (above: number) => [
  { level: 'healthy' as const, name: 'Fine', above, consequences: ['Go on.'], gate: 'allow' as const, chaos: true },
  {
    level: 'frozen' as const,
    name: 'Stop',
    above: null,
    consequences: ['Nothing goes out.'],
    gate: 'deny' as const,
    chaos: false,
    reviewBeforeLifting: true,
  },
];

describe('a review before a level lifts', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 18, 12)) });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await bound(0.9);
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: {
        service: 'checkout',
        target: 0.999,
        indicator: { kind: 'counts' },
        policy: 'strict',
        alerting: { preset: 'none', exhausted: false, noDataAfter: null },
      },
    });
    await giveHistory(world, 'checkout', { perHour: 36_000, remainingRatio: 0.6 });
    await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, 10_000)));
    await world.advance(MINUTE_MS);
  });
  afterAll(() => world.destroy());

  /** Moves the bound of the policy: the level changes with it, and no traffic is needed. */
  const bound = (above: number, more: object = {}) =>
    world.api.slo.putBudgetPolicy({ params: { slug: 'strict' }, body: { name: 'Strict', levels: levels(above), ...more } });
  const gate = (query: object = {}) => world.api.releases.getGate({ params: { slug: 'checkout' }, query });
  const review = (notes = 'We added a canary.', slug = 'checkout') => world.api.slo.reviewLevel({ params: { slug }, body: { notes } });
  const list = (query: object = {}) => world.api.slo.listReviews({ params: { slug: 'checkout' }, query });
  const objective = () => world.api.slo.getObjective({ params: { slug: 'checkout' } });
  const tick = () => world.advance(MINUTE_MS);
  const events = async (name: string) =>
    (await world.app.transactor.db.selectFrom('event').select('payload').where('name', '=', name).orderBy('seq').execute()).map(
      (row) => row.payload,
    );

  it('is owed when the level is entered, and changes nothing while it holds', async () => {
    expect((await list()).items).toMatchObject([{ level: 'frozen', levelName: 'Stop', policy: { slug: 'strict' }, reviewedAt: null }]);
    expect(await gate()).toMatchObject({ decision: 'deny', because: [{ code: 'budget_frozen' }] });
    expect(await objective()).toMatchObject({ review: { state: 'level_holds', level: 'frozen', levelName: 'Stop' } });
    await tick();
    expect((await list()).items).toHaveLength(1);
    expect(await events('objective.review_owed')).toMatchObject([{ slug: 'checkout', level: 'frozen' }]);
  });

  it('cannot be recorded in advance', async () => {
    await expect(review()).rejects.toMatchObject({ code: 'precondition_failed', facts: { level: 'frozen', owed: 'frozen' } });
    expect((await list()).items).toMatchObject([{ reviewedAt: null }]);
  });

  it('holds the gate once the budget is better, though the policy is edited to ask for none', async () => {
    const enteredAt = (await list()).items[0]?.since;
    await bound(0.3);
    await tick();
    const held = await gate();
    expect(held).toMatchObject({
      decision: 'deny',
      level: 'frozen',
      because: [{ code: 'review_pending', facts: { objective: 'checkout', enteredAt } }],
    });
    expect(await gate({ kind: 'rollback' })).toMatchObject({
      decision: 'allow',
      because: [{ code: 'rollback_passes' }, { code: 'review_pending' }],
    });
    expect(await gate({ labels: 'fix' })).toMatchObject({ decision: 'allow' });
    expect(await objective()).toMatchObject({ level: 'healthy', review: { state: 'pending', because: { code: 'review_pending' } } });
    await bound(0.3, { levels: levels(0.3).map((level) => ({ ...level, reviewBeforeLifting: false })) });
    await tick();
    expect(await gate()).toMatchObject({ decision: 'deny', because: [{ code: 'review_pending' }] });
    await bound(0.3);
  });

  it('is owed once, however often the level comes and goes before it', async () => {
    await bound(0.9);
    await tick();
    expect(await gate()).toMatchObject({ because: [{ code: 'budget_frozen' }] });
    await bound(0.3);
    await tick();
    expect((await list()).items).toHaveLength(1);
  });

  it('outlives the node that saw the level, and goes on for as long as nobody looks back', async () => {
    const [first] = world.nodes;
    await world.addNode();
    if (first !== undefined) world.crash(first);
    await world.advance(10 * MINUTE_MS);
    expect(await gate()).toMatchObject({ decision: 'deny', because: [{ code: 'review_pending' }] });
  });

  it('lifts it once recorded, by one of many who try at once, with who, when and the words', async () => {
    const results = await Promise.allSettled([1, 2, 3].map((n) => review(`Words ${n}`)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of results) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'precondition_failed' });
    expect(await gate()).toMatchObject({ decision: 'allow', because: [{ code: 'budget_healthy' }] });
    expect(await objective()).toMatchObject({ review: null });
    const [row] = (await list()).items;
    expect(row?.notes).toMatch(/^Words \d$/);
    expect(row?.reviewedBy).not.toBeNull();
    expect(await events('objective.level_reviewed')).toMatchObject([
      { slug: 'checkout', levels: ['frozen'], level: 'healthy', notes: row?.notes },
    ]);
    const { id } = await objective();
    const { items } = await world.api.identity.listAudit({ query: { subject: id } });
    expect(items.filter((entry) => entry.operation === 'slo.reviewLevel')).toMatchObject([
      { after: { notes: row?.notes, reviewed: [row?.id] } },
    ]);
    expect(items.filter((entry) => entry.operation === 'slo.oweReview')).toHaveLength(1);
  });

  it('is owed anew when the level comes back, and listed page by page, the latest first', async () => {
    await expect(review()).rejects.toMatchObject({ code: 'precondition_failed', message: 'checkout owes no review' });
    await bound(0.9);
    await tick();
    const first = await list({ limit: 1 });
    expect(first.items).toMatchObject([{ reviewedAt: null }]);
    const rest = await list({ after: first.next ?? '' });
    expect(rest.items).toMatchObject([{ level: 'frozen', notes: expect.stringMatching(/^Words/) as unknown }]);
    expect(rest.next).toBeNull();
  });

  it('is owed by an objective whose policy comes to ask for one while the level holds', async () => {
    await bound(0.3);
    await tick();
    await review();
    await bound(0.9, { levels: levels(0.9).map((level) => ({ ...level, reviewBeforeLifting: false })) });
    await tick();
    expect(await objective()).toMatchObject({ level: 'frozen', review: null });
    await bound(0.9);
    await tick();
    expect(await objective()).toMatchObject({ level: 'frozen', review: { state: 'level_holds' } });
  });

  it('says what is not there or cannot be', async () => {
    await expect(review('x', 'nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(review(' ')).rejects.toMatchObject({ fields: [{ path: 'body.notes' }] });
    await expect(world.api.slo.listReviews({ params: { slug: 'nothing' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(list({ after: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a review at the turn of a month', () => {
  let world: World;
  const turn = instant(Date.UTC(2026, 11, 1));
  beforeAll(async () => {
    world = await createWorld({ start: plus(turn, -MINUTE_MS) });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.slo.putBudgetPolicy({ params: { slug: 'strict' }, body: { name: 'Strict', levels: levels(0.9) } });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: {
        service: 'checkout',
        target: 0.999,
        window: { calendar: 'month' },
        indicator: { kind: 'counts' },
        policy: 'strict',
        alerting: { preset: 'none', exhausted: false, noDataAfter: null },
      },
    });
    await push(-HOUR_MS, 3_600, 100_000);
    await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, 10 * SECOND_MS)));
  });
  afterAll(() => world.destroy());

  const push = (fromMs: number, seconds: number, bad: number) => {
    const bucket = { at: iso(plus(turn, fromMs)), seconds, good: 100 * seconds - bad, valid: 100 * seconds };
    return world.api.slo.pushCounts({ params: { slug: 'checkout' }, body: { buckets: [bucket] } });
  };
  const review = () => world.api.slo.reviewLevel({ params: { slug: 'checkout' }, body: { notes: 'We added a canary.' } });
  const reviews = async () => (await world.api.slo.listReviews({ params: { slug: 'checkout' }, query: {} })).items;

  it('waits until the new month is judged, and is then recorded once for all', async () => {
    await world.advance(MINUTE_MS + 5 * SECOND_MS);
    expect(await world.api.slo.getObjective({ params: { slug: 'checkout' } })).toMatchObject({ level: 'no_data' });
    expect(await reviews()).toMatchObject([{ level: 'frozen', reviewedAt: null }]);
    await expect(review()).rejects.toMatchObject({
      code: 'precondition_failed',
      facts: { level: 'no_data', judgedLevel: 'frozen', owed: 'frozen' },
    });
    await push(0, 60, 0);
    await world.advance(MINUTE_MS);
    await review();
    await world.advance(5 * MINUTE_MS);
    expect(await reviews()).toMatchObject([{ level: 'frozen', notes: 'We added a canary.' }]);
  });
});
