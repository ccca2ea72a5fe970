import { z } from 'zod';
import { type Id, idSchema } from '#kernel/ids.ts';
import { defineJob } from '#kernel/job.ts';
import { firstResponders } from '#modules/escalation/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { type Notice, sendNotice } from '#modules/notify/index.ts';
import { whoIsOnCall } from '#modules/oncall/index.ts';
import { listOpenReviewsOfServices, type ObjectiveReader, pendingReview, policyLevel, type Standing } from '#modules/slo/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import {
  askedFor,
  type Audience,
  type AudienceFacts,
  decideAnnouncement,
  decideAudience,
  EXECUTIVES_SCHEDULE,
  NOTHING_ANNOUNCED,
} from './core/announcement.ts';
import { type GateLevel, leftText } from './core/gate.ts';
import { lockAnnounced, upsertAnnounced } from './store.ts';

const Subject = z.object({ objectiveId: idSchema('obj'), slug: z.string(), serviceId: idSchema('svc') });

/** Looks whether a level that has got better still is. */
export const relook = defineJob('releases.relook_level', Subject);

export interface LevelSubject {
  objectiveId: Id<'obj'>;
  slug: string;
  serviceId: Id<'svc'>;
}

/**
 * Tells whoever the service's escalation policy names first, and the executives where the policy asks for them at this level
 * or at the one that is over, that the level of a budget has changed: an ordinary notice by their own rules, never a page.
 * Judges by the level of now, so it may be asked as often as one likes.
 */
export async function announceLevel(ctx: VerbContext, subject: LevelSubject, reader: ObjectiveReader): Promise<void> {
  const { objectiveId, slug, serviceId } = subject;
  await lockName(ctx.tx, 'level announcement', objectiveId);
  // By id: another objective may have the slug of one that is gone.
  const standing = (await reader.standings(ctx.tx, [serviceId], ctx.now)).find((one) => one.objectiveId === objectiveId);
  if (standing === undefined) return;
  const before = await lockAnnounced(ctx.tx, objectiveId);
  const decided = decideAnnouncement(before ?? NOTHING_ANNOUNCED, standing.level, ctx.now);
  await upsertAnnounced(ctx.tx, objectiveId, decided.announced, ctx.now);
  if (decided.wakeAt !== null) {
    const payload = { objectiveId, slug, serviceId };
    await ctx.enqueue({ job: relook, payload, dueAt: decided.wakeAt, key: `relook/${objectiveId}/${decided.wakeAt}` });
  }
  if (!decided.tell) return;
  const toldLast = before?.level ?? NOTHING_ANNOUNCED.level;
  const asks = askedFor(toldLast, announceOf(standing.policy, toldLast), announceOf(standing.policy, standing.level));
  const audience = await audienceOf(ctx, serviceId, asks);
  const personIds = audience.personIds as Id<'per'>[];
  const owed = (await listOpenReviewsOfServices(ctx.tx, [serviceId])).filter((review) => review.objectiveId === objectiveId);
  const awaited = pendingReview(owed, standing.level)?.rule.name ?? null;
  const notice = noticeOf(standing, { told: toldLast, awaited, asks, audience });
  await sendNotice(ctx, { about: objectiveId, key: `level/${objectiveId}/${ctx.now}`, personIds, notice, allAtOnce: false });
  await ctx.audit({
    operation: 'releases.announceLevel',
    subject: objectiveId,
    before: { level: before?.level ?? null },
    after: {
      level: standing.level,
      because: decided.because,
      policy: standing.policy.slug,
      audience: asks,
      told: audience.because,
      personIds,
      notice: notice.details,
    },
  });
}

/** Whom a policy asks to tell of a level. It says nothing of no data, which is told to who can do something about it. */
function announceOf(policy: Standing['policy'], level: GateLevel): AudienceFacts['asks'] {
  return level === 'no_data' ? ['owner_team'] : (policyLevel(policy, level)?.announce ?? []);
}

async function audienceOf(ctx: VerbContext, serviceId: Id<'svc'>, asks: AudienceFacts['asks']): Promise<Audience> {
  const ownerIds = asks.includes('owner_team') ? await firstResponders(ctx.tx, [serviceId], ctx.now) : [];
  const onCall = asks.includes('executives')
    ? (await whoIsOnCall(ctx.tx, [EXECUTIVES_SCHEDULE], ctx.now)).get(EXECUTIVES_SCHEDULE)
    : undefined;
  const executiveIds = onCall === undefined || onCall.personId === null ? [] : [onCall.personId];
  const people = await listPeopleByIds(ctx.tx, [...new Set([...ownerIds, ...executiveIds])] as Id<'per'>[]);
  const names = new Map<string, string>(people.map((person) => [person.id, person.name]));
  const named = (ids: readonly string[]) => ids.map((id) => ({ id, name: names.get(id) ?? id }));
  return decideAudience({ asks, owners: named(ownerIds), executives: onCall === undefined ? null : named(executiveIds) });
}

interface Told {
  /** The level that people believed in. */
  told: GateLevel;
  /** The level that the gate goes on answering as at. */
  awaited: string | null;
  asks: AudienceFacts['asks'];
  audience: Audience;
}

function noticeOf({ slug, name, remainingRatio, policy, says }: Standing, { told, awaited, asks, audience }: Told): Notice {
  const toldName = policyLevel(policy, told)?.name ?? told;
  return {
    event: 'budget.level_changed',
    summary: `${name}: the error budget is at ${says?.name ?? 'no data'}${leftText(remainingRatio)}`,
    details: [
      `${policy.name}: ${toldName} until now`,
      ...(says?.consequences ?? ['The budget is not known, so each change needs an approval.']),
      ...(asks.includes('executives') ? [audience.because.text] : []),
      ...(awaited === null
        ? []
        : [`The gate goes on answering as at ${awaited} until a review is recorded, here or with nines slo review ${slug}.`]),
    ],
    pageId: null,
    alertId: null,
    path: `/objectives/${slug}`,
    acknowledgeable: false,
  };
}
