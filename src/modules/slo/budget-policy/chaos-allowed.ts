import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { listServicesByIds } from '#modules/catalog/index.ts';
import type { Db } from '#platform/verb.ts';
import { type ChaosDecision, decideChaos } from '../core/budget-policy/chaos.ts';
import { pendingReview } from '../core/budget-policy/review.ts';
import type { ObjectiveReader } from '../read/reader.ts';
import { listOpenReviewsOfServices } from './review-store.ts';

/** Whether the budget policies of a service's objectives allow experiments on it now, and why. */
export async function chaosAllowed(
  db: Db,
  reader: ObjectiveReader,
  { serviceId, now }: { serviceId: Id<'svc'>; now: Instant },
): Promise<ChaosDecision> {
  const [service] = await listServicesByIds(db, [serviceId]);
  const owed = Map.groupBy(await listOpenReviewsOfServices(db, [serviceId]), (review) => review.slug);
  const standings = (await reader.standings(db, [serviceId], now)).map((standing) => ({
    ...standing,
    awaits: pendingReview(owed.get(standing.slug) ?? [], standing.level)?.rule ?? null,
  }));
  return decideChaos(service?.slug ?? serviceId, standings);
}
