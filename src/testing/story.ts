import type { Id } from '#kernel/ids.ts';
import { HOUR_MS, type Instant, instant, iso, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Channel } from '#modules/notify/index.ts';
import { nextTick } from '#modules/slo/index.ts';
import type { Collected } from './collector.ts';
import type { World } from './world.ts';

/** A service's traffic while a story runs: every 10 s so many events, of which a share fails. */
export interface Traffic {
  objective: string;
  perStep: number;
  badRatio: number;
}

/** A script on virtual time: moments are `mm:ss` or `h:mm:ss` from its beginning. */
export interface Story {
  beganAt: Instant;
  traffic: Traffic[];
  /** Moves to a moment; traffic flows and objectives are evaluated on the way. */
  at(moment: string): Promise<void>;
  /** What a person got through a channel, `app` left out unless asked for. */
  notices(person: Id<'per'>, channel?: Channel['name']): Collected[];
  expectPage(person: Id<'per'>, channel: Channel['name']): { between(from: string, to: string): Collected };
  expectNoPage(person: Id<'per'>): void;
  instantOf(moment: string): Instant;
}

const STEP_MS = 10 * SECOND_MS;

export async function tellStory(world: World): Promise<Story> {
  const beganAt = world.clock.now();
  const traffic: Traffic[] = [];
  await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, STEP_MS)));
  const instantOf = (moment: string): Instant => plus(beganAt, momentMs(moment));

  const flow = async (): Promise<void> => {
    const at = iso(plus(world.clock.now(), -STEP_MS));
    for (const { objective, perStep, badRatio } of traffic) {
      const bad = Math.round(perStep * badRatio);
      await world.api.slo.pushCounts({
        params: { slug: objective },
        body: { buckets: [{ at, seconds: 10, good: perStep - bad, valid: perStep }] },
      });
    }
  };
  const notices: Story['notices'] = (person, channel) =>
    world.collector.sent.filter(
      (sent) => sent.personId === person && (channel === undefined ? sent.channel !== 'app' : sent.channel === channel),
    );
  return {
    beganAt,
    traffic,
    instantOf,
    at: async (moment) => {
      const target = instantOf(moment);
      while (world.clock.now() + STEP_MS <= target && traffic.length > 0) {
        world.clock.advance(STEP_MS);
        await flow();
        await world.settle();
      }
      if (world.clock.now() < target) await world.advanceTo(target);
    },
    notices,
    expectPage: (person, channel) => ({
      between: (from, to) => {
        const sent = notices(person, channel).filter((each) => each.notice.event.startsWith('page.'));
        const found = sent.find((notice) => notice.at >= instantOf(from) && notice.at <= instantOf(to));
        if (found === undefined)
          throw new Error(
            `no ${channel} to ${person} between ${from} and ${to}; it got ${JSON.stringify(sent.map((notice) => sinceMs(beganAt, notice.at)))} (s from the start)`,
          );
        return found;
      },
    }),
    expectNoPage: (person) => {
      const sent = notices(person);
      if (sent.length > 0)
        throw new Error(`${person} was notified ${sent.length} times: ${sent.map((notice) => notice.notice.summary).join(', ')}`);
    },
  };
}

function sinceMs(from: Instant, at: Instant): number {
  return (at - from) / SECOND_MS;
}

function momentMs(moment: string): number {
  const parts = moment.split(':').map(Number);
  const [hours = 0, minutes = 0, seconds = 0] = parts.length === 3 ? parts : [0, ...parts];
  if (parts.length < 2 || parts.some((part) => !Number.isFinite(part))) throw new Error(`${moment} is not a moment like 02:30 or 1:02:30`);
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

/** The people and the policy of most stories: primary, then secondary, then manager, 15 min apart; one administrator. */
export interface Team {
  mara: Id<'per'>;
  tomas: Id<'per'>;
  priya: Id<'per'>;
  admin: Id<'per'>;
  /** Address key of an integration. */
  integrationKey: string;
}

export async function formTeam(world: World): Promise<Team> {
  const [mara, tomas, priya, admin] = [
    await world.person('Mara'),
    await world.person('Tomas'),
    await world.person('Priya'),
    await world.person('Admin', 'admin'),
  ];
  await world.settle();
  for (const [slug, personId] of [
    ['primary', mara],
    ['secondary', tomas],
    ['manager', priya],
  ] as const) {
    await world.api.oncall.putSchedule({
      params: { slug },
      body: { name: slug, zone: 'Europe/Paris', participants: [personId], handoffDay: 1, handoffTime: '09:00', startsOn: '2026-01-05' },
    });
  }
  await world.api.catalog.putService({
    params: { slug: 'checkout' },
    body: { name: 'Checkout', tier: 1, owner: 'Payments', zone: 'Europe/Paris', public: true },
  });
  await world.api.escalation.putPolicy({
    params: { slug: 'payments' },
    body: {
      name: 'Payments',
      repeats: 0,
      isDefault: true,
      services: ['checkout'],
      steps: ['primary', 'secondary', 'manager'].map((slug) => ({ targets: [{ kind: 'schedule', slug }] })),
    },
  });
  const { key } = await world.api.alerts.createIntegration({ body: { name: 'monitoring' } });
  return { mara, tomas, priya, admin, integrationKey: key };
}

/** Thirty days of history for an objective that leave `remainingRatio` of a 99.9 % budget, nothing bad in the last day. */
export async function giveHistory(world: World, slug: string, options: { perHour: number; remainingRatio: number }): Promise<void> {
  const hours = 30 * 24;
  const end = Math.floor(world.clock.now() / HOUR_MS) * HOUR_MS;
  const allBad = Math.round(hours * options.perHour * 0.001 * (1 - options.remainingRatio));
  const badHours = hours - 24;
  const buckets = Array.from({ length: hours }, (_, i) => {
    const bad = i < badHours ? Math.floor(((i + 1) * allBad) / badHours) - Math.floor((i * allBad) / badHours) : 0;
    return { at: iso(instant(end - (hours - i) * HOUR_MS)), seconds: 3600, good: options.perHour - bad, valid: options.perHour };
  });
  await world.api.slo.pushCounts({ params: { slug }, body: { buckets } });
}
