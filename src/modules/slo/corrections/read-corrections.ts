import { DAY_MS, type Instant, plus } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import type { CorrectionSpan } from '../core/counts/counts.ts';
import { CorrectionRule, mergeSpans } from '../core/counts/corrections.ts';
import { listObjectives } from '../store.ts';
import { type CorrectionRow, listActiveCorrections } from './correction-store.ts';
import { expandCorrection } from './expand-correction.ts';

/** Corrections are worked out this far back and ahead. */
const SPAN_REACH_MS = 400 * DAY_MS;
const SPAN_AHEAD_MS = 2 * DAY_MS;

/** What corrections of one objective come to. */
export interface ReadCorrections {
  spans: readonly CorrectionSpan[];
  /** How many of them this program cannot read, as those of a newer program. */
  unreadable: number;
}

export const NO_CORRECTIONS: ReadCorrections = { spans: [], unreadable: 0 };

/** One that cannot be read corrects nothing: it must not keep objectives from being judged, and it is counted and shown. */
export function readCorrections(rows: readonly Pick<CorrectionRow, 'rule'>[], now: Instant): ReadCorrections {
  const read = rows.map((row) => spansOf(row.rule, now));
  return { spans: mergeSpans(read.flatMap((spans) => spans ?? [])), unreadable: read.filter((spans) => spans === null).length };
}

function spansOf(rule: unknown, now: Instant): CorrectionSpan[] | null {
  const parsed = CorrectionRule.safeParse(rule);
  if (!parsed.success) return null;
  try {
    return expandCorrection(parsed.data, plus(now, -SPAN_REACH_MS), plus(now, SPAN_AHEAD_MS));
  } catch {
    return null;
  }
}

/** How many corrections count and cannot be read, by objective; for scrapes. */
export async function countUnreadableCorrections(db: Db, now: Instant): Promise<{ objective: string; unreadable: number }[]> {
  const byObjective = Map.groupBy(await listActiveCorrections(db), (row) => row.objectiveId);
  if (byObjective.size === 0) return [];
  const slugs = new Map((await listObjectives(db)).map((objective) => [objective.id, objective.slug]));
  return [...byObjective].flatMap(([id, rows]) => {
    const objective = slugs.get(id);
    const { unreadable } = readCorrections(rows, now);
    return objective === undefined || unreadable === 0 ? [] : [{ objective, unreadable }];
  });
}
