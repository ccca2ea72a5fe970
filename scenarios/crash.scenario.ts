import { describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { MINUTE_MS } from '#kernel/instant.ts';
import { crashAtCall } from '#testing/crash.ts';
import { formTeam, tellStory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

interface Outcome {
  calls: number;
  crashed: boolean;
  /** Instants at which each person was told, in seconds from the start. */
  mara: number[];
  tomas: number[];
  acknowledgedAt: number;
}

/**
 * One paging run: an alert, the primary, the secondary after 15 min, an acknowledgement at 20 min, an hour of quiet. The
 * node dies just before its n-th call to the database or a provider, and another takes over.
 */
async function run(crashAt: number): Promise<Outcome> {
  const world = await createWorld({ seed: crashAt });
  try {
    const team = await formTeam(world);
    const story = await tellStory(world);
    await world.app.transactor.db.deleteFrom('job').where('name', '=', 'slo.tick').execute();
    const crash = crashAtCall(crashAt);
    const [steady] = world.nodes;
    let armed = false;
    const doomed = await world.addNode({ onQuery: () => armed && crash.onQuery() });
    // A call to a provider counts as one too: the node may die with the message half sent.
    world.collector.onSend = () => {
      if (armed && world.nodes.includes(doomed)) crash.onQuery();
    };
    armed = true;
    if (steady !== undefined) world.nodes.splice(world.nodes.indexOf(steady), 1);

    const survive = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!crash.hasCrashed()) throw error;
      }
      if (crash.hasCrashed() && world.nodes.includes(doomed)) {
        world.crash(doomed);
        if (steady !== undefined) world.nodes.push(steady);
        // What the sender did not get an answer for, it sends again.
        await work();
      }
    };
    await survive(() => signal(world, team.integrationKey));
    await survive(() => story.at('20:00'));
    await survive(() => acknowledge(world));
    const acknowledgedAt = world.clock.now() - story.beganAt;
    await survive(() => story.at('1:20:00'));
    armed = false;
    const told = (person: Id<'per'>): number[] => story.notices(person).map((notice) => (notice.at - story.beganAt) / 1000);
    const { items } = await world.api.escalation.listPages({ query: { state: 'all' } });
    expect(items).toMatchObject([{ state: 'acknowledged' }]);
    return { calls: crash.calls(), crashed: crash.hasCrashed(), mara: told(team.mara), tomas: told(team.tomas), acknowledgedAt };
  } finally {
    await world.destroy();
  }
}

async function signal(world: World, key: string): Promise<void> {
  await world.api.alerts.intake({
    params: { key },
    body: { key: 'disk', summary: 'Disk is full', severity: 'critical', service: 'checkout' },
  });
}

async function acknowledge(world: World): Promise<void> {
  const { items } = await world.api.escalation.listPages({});
  const id = items[0]?.id;
  if (id !== undefined) await world.api.escalation.acknowledge({ params: { id } });
}

describe('a node that dies just before its n-th call to the database or a provider', () => {
  it(
    'loses no notice and begins none after the acknowledgement, for every n',
    async () => {
      const whole = await run(Number.POSITIVE_INFINITY);
      expect(whole).toMatchObject({ crashed: false, mara: [0], tomas: [900] });
      let rounds = 0;
      let repeated = 0;
      for (let n = 1; n <= whole.calls; n += 1) {
        const { crashed, mara, tomas, acknowledgedAt } = await run(n);
        expect(crashed, `call ${n}`).toBe(true);
        // A claimed job of a dead node is due again when its lease has run out: 30 s.
        expect(mara[0], `primary, call ${n}`).toBeLessThanOrEqual(60);
        expect(tomas[0], `secondary, call ${n}`).toBeLessThanOrEqual(900 + 60);
        for (const at of [...mara, ...tomas]) expect(at * 1000, `after the acknowledgement, call ${n}`).toBeLessThanOrEqual(acknowledgedAt);
        // More than one only where the call itself was cut between its attempt row and its outcome.
        expect(mara.length + tomas.length, `notices, call ${n}`).toBeLessThanOrEqual(3);
        repeated += mara.length + tomas.length - 2;
        rounds += 1;
      }
      console.log(`crash at every call: ${rounds} rounds, ${repeated} repeated notices, none lost`);
      expect(rounds).toBeGreaterThan(50);
    },
    10 * MINUTE_MS,
  );
});
