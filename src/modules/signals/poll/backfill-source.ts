import { system } from '#kernel/actor.ts';
import { type Instant, instant, MINUTE_MS } from '#kernel/instant.ts';
import type { Transactor } from '#platform/verb.ts';
import { type Backfill, type ChunkOutcome, dueChunk, shouldLookOlder, stepBackfill } from '../core/source/backfill.ts';
import type { BackfillChunk } from '../core/source/backfill-plan.ts';
import type { GroupCells } from '../core/source/series.ts';
import type { MetricSource } from '../port.ts';
import { joinReads } from '../source/joint/join-reads.ts';
import { planWays } from '../source/joint/joined-queries.ts';
import { askingOf, findNewest, followedQueries, readPast } from '../source/read-indicator.ts';
import { connectionOf, type SourceRow } from '../source/store.ts';
import { writeCells } from '../write-cells.ts';
import { newsEveryMs } from './poll-source.ts';
import { inLanes, type ReadingParts, shareReads } from './reading-parts.ts';
import { listBackfills, type ReadingOfIndicator, updateBackfill } from './store.ts';

/** Indicators whose same chunk is read in one go, so that those with the same selector share it. */
const TOGETHER = 8;
const LANES = 2;

/** Chunks that the job reads before it lets others have their turn. */
export const CHUNKS_A_TURN = 5;

/**
 * Reads the newest chunks that are missing, for the indicators of a source that miss the same. A chunk is written and noted
 * as done in one transaction an indicator, one chunk after the other, so that it counts once wherever this is cut off; the
 * next one is read meanwhile. Says when to go on; null when nothing is left.
 */
export async function backfillSource(
  shell: Transactor,
  parts: ReadingParts,
  source: SourceRow,
  { chunks = 1 }: { chunks?: number } = {},
): Promise<Instant | null> {
  const now = shell.clock.now();
  const uses = await parts.listUses(shell.db);
  const open = await listBackfills(shell.db, source.id, [...new Set(uses.map(({ indicatorId }) => indicatorId))]);
  let chosen = chooseDue(open, now);
  if (chosen.length === 0) return open.length === 0 ? null : earliestRetry(open, now);
  const connected = parts.connectSource(connectionOf(source));
  let saving = Promise.resolve();
  try {
    for (let left = chunks; left > 0 && chosen.length > 0; left -= 1) {
      const read = await readAll(narrowed(shareReads(connected), chosen), chosen, shell.clock.now());
      await saving;
      for (const { outcome } of read)
        parts.metrics.sourceReads.inc({ source: source.slug, outcome: outcome.kind === 'read' ? 'read' : outcome.code });
      saving = inLanes(read, LANES, (one) => save(shell, source, one));
      // It is waited for below, whatever comes before that.
      saving.catch(() => undefined);
      chosen = chooseDue(
        read.map(({ reading, after }) => ({ ...reading, backfill: after })),
        shell.clock.now(),
      );
    }
  } finally {
    await saving;
  }
  return now;
}

/** Errors are picked out of the requests that they are some of. Each indicator's are many, so that those of several are not put together. */
function narrowed(source: MetricSource, chosen: readonly Due[]): MetricSource {
  const asked = chosen.map(({ reading }) => ({ queries: followedQueries(reading.definition), values: Number.POSITIVE_INFINITY }));
  return joinReads(source, planWays(asked), { onLost: () => undefined, onRefused: () => undefined });
}

interface Due {
  reading: ReadingOfIndicator;
  chunk: BackfillChunk;
}

/** Readings that miss the same newest chunk, those that ask for the same next to each other. */
function chooseDue(open: readonly ReadingOfIndicator[], now: Instant): Due[] {
  const due = open.flatMap((reading) => {
    const chunk = dueChunk(reading.backfill, now);
    return chunk === null ? [] : [{ reading, chunk }];
  });
  const newest = due.reduce<Due | null>((a, b) => (a === null || b.chunk.span.to > a.chunk.span.to ? b : a), null)?.chunk.span;
  return due
    .filter(({ chunk }) => chunk.span.to === newest?.to && chunk.span.from === newest.from)
    .map((one) => ({ ...one, asking: askingOf(one.reading.definition) }))
    .sort((a, b) => (a.asking < b.asking ? -1 : a.asking > b.asking ? 1 : 0))
    .slice(0, TOGETHER);
}

interface Read {
  reading: ReadingOfIndicator;
  outcome: ChunkOutcome;
  after: Backfill;
  groups: GroupCells;
}

async function readAll(source: MetricSource, chosen: readonly Due[], now: Instant): Promise<Read[]> {
  const read: Read[] = [];
  await inLanes(chosen, LANES, async ({ reading, chunk }) => {
    const { outcome, groups } = await readChunk(source, reading, chunk);
    read.push({ reading, outcome, after: stepBackfill(reading.backfill, chunk, outcome, now), groups });
  });
  return read;
}

function earliestRetry(open: readonly ReadingOfIndicator[], now: Instant): Instant {
  return instant(Math.max(now, Math.min(...open.map(({ backfill }) => backfill.retryAt ?? now + MINUTE_MS))));
}

async function readChunk(
  source: MetricSource,
  { definition, backfill }: ReadingOfIndicator,
  chunk: BackfillChunk,
): Promise<{ outcome: ChunkOutcome; groups: GroupCells }> {
  const read = await readPast(source, definition, chunk);
  if (read.kind === 'failed') return { outcome: read, groups: new Map() };
  const isEmpty = [...read.groups.values()].every((cells) => cells.length === 0);
  const older =
    isEmpty && shouldLookOlder(backfill, chunk)
      ? await findNewest(source, definition, { from: backfill.from, to: chunk.span.from })
      : 'unknown';
  return { outcome: { kind: 'read', isEmpty, older }, groups: read.groups };
}

async function save(shell: Transactor, source: SourceRow, { reading, after, groups }: Read): Promise<void> {
  const { indicatorId, definition, backfill: before } = reading;
  await shell.transact(system('signals.backfill'), async (ctx) => {
    if (!(await updateBackfill(ctx.tx, indicatorId, before, after))) return;
    await writeCells(ctx, {
      indicator: { id: indicatorId, slices: definition.slices },
      writes: [...groups].map(([group, cells]) => ({ group, cells })),
      intervalMs: newsEveryMs(definition, source.lagMs),
      add: true,
    });
  });
}
