import type { Id } from '#kernel/ids.ts';
import { DAY_MS, floorTo, type Instant, instant } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import { hoursOf, type KeptSums, sumKept } from '../core/kept-sums.ts';
import { BLOCK_TIER, DAY_TIER } from '../core/packed.ts';
import type { Ask } from '../memory/history.ts';
import { findRows, type KeptSeries, readKept } from '../series-store.ts';

/**
 * Sums of series at the instants asked for, however long ago: made of packed rows, at the cost of a row a month between
 * the instants and one for each of them. In the order of the asks; null for a series that is not there.
 */
export async function readSums(db: Db, asks: readonly Ask[]): Promise<(KeptSums | null)[]> {
  const asked = asks.filter(({ instants }) => instants.length > 0);
  if (asked.length === 0) return asks.map(() => null);
  const kept = await readKept(
    db,
    asked.map(({ indicatorId, group = '', instants }) => ({
      indicatorId,
      group,
      from: floorTo(instant(Math.min(...instants)), BLOCK_TIER.rowMs),
      to: instant(Math.max(...instants)),
      hours: hoursOf(instants),
    })),
  );
  const days = await readDays(db, asked, kept);
  return asks.map((ask) => {
    const found = kept.get(keyOf(ask));
    return found === undefined || ask.instants.length === 0
      ? null
      : sumKept({ ...found, days: days.get(found.id) ?? new Map() }, ask.instants);
  });
}

/** Days of the hours that were asked for and are not there; nothing was observed in them, or they are too old to be kept. */
async function readDays(
  db: Db,
  asks: readonly Ask[],
  kept: ReadonlyMap<string, KeptSeries>,
): Promise<Map<Id<'srs'>, Map<Instant, Uint8Array>>> {
  const missing = asks.flatMap((ask) => {
    const found = kept.get(keyOf(ask));
    if (found === undefined) return [];
    const gone = hoursOf(ask.instants).filter(
      (at) => at >= floorTo(found.firstAt, DAY_MS) && at < found.rolledUntil && !found.hours.has(at),
    );
    return [...new Set(gone.map((at) => floorTo(at, DAY_MS)))].map((at) => ({ seriesId: found.id, at }));
  });
  const days = new Map<Id<'srs'>, Map<Instant, Uint8Array>>();
  for (const row of await findRows(db, DAY_TIER, missing))
    days.set(row.seriesId, (days.get(row.seriesId) ?? new Map()).set(row.at, row.cells));
  return days;
}

function keyOf({ indicatorId, group = '' }: Pick<Ask, 'indicatorId' | 'group'>): string {
  return `${indicatorId} ${group}`;
}
