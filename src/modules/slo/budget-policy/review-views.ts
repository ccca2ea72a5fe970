import { iso, isoOrNull } from '#kernel/instant.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { ReviewView } from '../core/budget-policy/review-operations.ts';
import { loadObjective } from '../store.ts';
import { listReviews, type ReviewRow } from './review-store.ts';

export async function reviewsView(
  db: Db,
  slug: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ items: ReviewView[]; next: string | null }> {
  const objective = await loadObjective(db, slug);
  const [since, id] = keysetAfter(after, 2);
  const rows = await listReviews(db, objective.id, { limit, after: [since, id] });
  return keysetPage(rows, limit, (row) => [iso(row.since), row.id], reviewView);
}

export function reviewView(row: ReviewRow): ReviewView {
  return {
    id: row.id,
    level: row.level,
    levelName: row.rule.name,
    policy: { slug: row.policySlug, name: row.policyName, version: row.policyVersion },
    since: iso(row.since),
    reviewedAt: isoOrNull(row.reviewedAt),
    reviewedBy: row.reviewedBy?.name ?? null,
    notes: row.notes,
  };
}
