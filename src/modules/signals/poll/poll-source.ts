import { system } from '#kernel/actor.ts';
import { because } from '#kernel/errors.ts';
import { type DurationMs, floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Transactor } from '#platform/verb.ts';
import type { PollOutcome } from '../core/connection/health.ts';
import { isOver } from '../core/source/backfill.ts';
import { type MetricSource, SOURCE_WIDE } from '../port.ts';
import { askingAlike, type IndicatorRead, readAlignMs, readIndicator, startReading } from '../source/read-indicator.ts';
import { connectionOf, type SourceRow } from '../source/store.ts';
import { writeCells } from '../write-cells.ts';
import { POLL_EVERY_MS } from './job-definitions.ts';
import { type ReadingParts, inLanes, shareReads } from './reading-parts.ts';
import { recordHealth } from './record-health.ts';
import { advanceReading, listReadings, type ReadingOfIndicator, type SourceIndicator, updateFailure } from './store.ts';

/** The most that a poll reads of an indicator; what is left is read by the next, at once. */
const CATCH_UP_MS: DurationMs = 2 * HOUR_MS;
const LANES = 4;
const NOTES = 5;
/** A source that failed so often in a poll, and gave nothing, is not asked for the rest. */
const HOPELESS_AFTER = LANES;

export interface Polled {
  /** There is more to be read already. */
  isBehind: boolean;
  /** Some of the past is still to be read. */
  isBackfilling: boolean;
}

/**
 * Reads what is new for every indicator of a source, and tells of its health. Cells, what reading remembers and how far it
 * came are written in one transaction an indicator, which two polls at once cannot both do: nothing is lost and nothing
 * counted twice, wherever a poll is cut off.
 */
export async function pollSource(shell: Transactor, parts: ReadingParts, source: SourceRow): Promise<Polled> {
  const uses = await parts.listUses(shell.db);
  const found = await listReadings(shell.db, source.id, [...new Set(uses.map(({ indicatorId }) => indicatorId))]);
  const readings = found.toSorted((a, b) => askingAlike(a.definition, b.definition));
  const round = new Round(shell, parts, source);
  try {
    await inLanes(readings, LANES, (reading) => round.read(reading));
  } finally {
    const outcome: PollOutcome | null = readings.length === 0 ? { kind: 'idle' } : round.outcome();
    const read = new Set(readings.map(({ indicatorId }) => indicatorId));
    const blind = new Set(uses.filter(({ indicatorId }) => read.has(indicatorId)).map(({ objective }) => objective));
    if (outcome !== null)
      await shell.transact(system('signals.poll'), (ctx) => recordHealth(ctx, { source, outcome, objectives: blind.size }));
  }
  return { isBehind: round.isBehind, isBackfilling: readings.some((reading) => !isOver(reading.backfill)) };
}

class Round {
  isBehind = false;
  private reads = 0;
  private readonly wide: { code: string; reason: string }[] = [];
  private readonly shared: MetricSource;
  private readonly shell: Transactor;
  private readonly parts: ReadingParts;
  private readonly source: SourceRow;
  private readonly now: Instant;

  constructor(shell: Transactor, parts: ReadingParts, source: SourceRow) {
    this.shell = shell;
    this.parts = parts;
    this.source = source;
    this.now = shell.clock.now();
    this.shared = shareReads(parts.connectSource(connectionOf(source)));
  }

  /** Null when nothing was due to be read. A source that refuses a query has answered. */
  outcome(): PollOutcome | null {
    const [first] = this.wide;
    if (this.reads > 0) return { kind: 'read' };
    return first === undefined ? null : { kind: 'failed', ...first };
  }

  async read(reading: ReadingOfIndicator): Promise<void> {
    if (this.reads === 0 && this.wide.length >= HOPELESS_AFTER) return;
    const { definition } = reading;
    const alignMs = readAlignMs(definition);
    const latest = floorTo(plus(this.now, -this.source.lagMs), alignMs);
    const start = await this.startOf(reading);
    if (start.kind === 'failed') return this.fail(reading, start);
    const to = instant(Math.min(latest, start.from + CATCH_UP_MS));
    if (to > start.from) {
      const read = await readIndicator(this.shared, definition, start.counters, { from: start.from, to });
      if (read.kind === 'failed') return this.fail(reading, read);
      await this.save(reading, to, read);
      if (to < latest) this.isBehind = true;
    } else if (start.isFirst !== null) await this.save(reading, start.from, start.isFirst);
    else return;
    this.reads += 1;
    this.parts.metrics.sourceReads.inc({ source: this.source.slug, outcome: 'read' });
  }

  /** Where the reading goes on, and with what it remembers; the first time that is asked of the source. */
  private async startOf({ readUntil, counters, startedAt, definition }: ReadingOfIndicator) {
    if (readUntil !== null && counters !== null) return { kind: 'read', from: readUntil, counters, isFirst: null } as const;
    const first = await startReading(this.shared, definition, startedAt);
    return first.kind === 'failed' ? first : ({ kind: 'read', from: startedAt, counters: first.state, isFirst: first } as const);
  }

  private async save(reading: ReadingOfIndicator, to: Instant, read: Extract<IndicatorRead, { kind: 'read' }>): Promise<void> {
    const { indicatorId, readUntil: from, definition } = reading;
    await this.shell.transact(system('signals.poll'), async (ctx) => {
      const warned = read.warnings.map((text) => because('source_warned', `the source warns: ${text}`));
      const notes = [...read.notes, ...warned].slice(0, NOTES);
      if (!(await advanceReading(ctx.tx, { indicatorId, from, to, counters: read.state, notes }))) return;
      await writeCells(ctx, {
        indicator: { id: indicatorId, slices: definition.slices },
        writes: [...read.groups].map(([group, cells]) => ({ group, cells })),
        intervalMs: newsEveryMs(definition, this.source.lagMs),
        add: true,
      });
    });
  }

  private async fail({ indicatorId, lastFailure }: ReadingOfIndicator, { code, reason }: Extract<IndicatorRead, { kind: 'failed' }>) {
    if (SOURCE_WIDE.has(code)) this.wide.push({ code, reason });
    else this.reads += 1;
    this.parts.metrics.sourceReads.inc({ source: this.source.slug, outcome: code });
    if (lastFailure?.code === code && lastFailure.reason === reason) return;
    await updateFailure(this.shell.db, indicatorId, { code, reason, at: this.now });
  }
}

/** Between two polls, and long enough that what has just been polled is not yet taken for silence (which is twice as long). */
export function newsEveryMs(definition: SourceIndicator, lagMs: DurationMs): DurationMs {
  const stepMs = Math.max(readAlignMs(definition), POLL_EVERY_MS);
  return Math.max(stepMs, Math.ceil((stepMs + lagMs + 15 * SECOND_MS) / 2 / SECOND_MS) * SECOND_MS);
}
