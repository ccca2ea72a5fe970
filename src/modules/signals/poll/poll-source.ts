import { system } from '#kernel/actor.ts';
import { because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type DurationMs, floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { isAway } from '#platform/db/away.ts';
import type { Transactor } from '#platform/verb.ts';
import type { PollOutcome, ReadFailure } from '../core/connection/health.ts';
import type { SourceIndicator } from '../core/indicator.ts';
import { isOver } from '../core/source/backfill.ts';
import { packCounters, writeNames } from './counter-memory.ts';
import { type CounterState, INITIAL_COUNTER_STATE } from '../core/counter-columns.ts';
import { type MetricSource, SOURCE_WIDE } from '../port.ts';
import { joinReads } from '../source/joint/join-reads.ts';
import { planWays } from '../source/joint/joined-queries.ts';
import { askingOf, followedQueries, type IndicatorRead, readAlignMs, readIndicator, startReading } from '../source/read-indicator.ts';
import { connectionOf, type SourceRow } from '../source/store.ts';
import { type CellsInput, writeAllCells } from '../write-cells.ts';
import { POLL_EVERY_MS } from './job-definitions.ts';
import { beCareful, forgetWay, memoryOf, type SourceMemory, waysOf } from './reading-memory.ts';
import { inLanes, type ReadingParts, shareReads } from './reading-parts.ts';
import { recordHealth } from './record-health.ts';
import { type Advance, advanceReadings, listReadings, loadRemembered, type ReadingState, type Remembered, updateFailure } from './store.ts';

/** The most that a poll reads of an indicator; what is left is read by the next, at once. */
const CATCH_UP_MS: DurationMs = 2 * HOUR_MS;
const LANES = 4;
const NOTES = 5;
/** Readings that are written in one transaction. */
const SAVED_TOGETHER = 200;
const REASON_LIMIT = 300;
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
 * came are written in one transaction, some indicators at a time, which two polls at once cannot both do: nothing is lost
 * and nothing counted twice, wherever a poll is cut off.
 */
export async function pollSource(shell: Transactor, parts: ReadingParts, source: SourceRow): Promise<Polled> {
  const uses = await parts.listUses(shell.db);
  const listed = await listReadings(shell.db, source.id, [...new Set(uses.map(({ indicatorId }) => indicatorId))]);
  const memory = memoryOf(parts.memory, source.id);
  const readings = await recall(shell, memory, listed);
  const round = new Round(shell, parts, source, { memory, readings });
  try {
    await round.readAll(new Map(listed.map((state) => [state.indicatorId, state.lastFailure])));
  } finally {
    const outcome: PollOutcome | null = readings.length === 0 ? { kind: 'idle' } : round.outcome();
    const read = new Set(listed.map(({ indicatorId }) => indicatorId));
    const blind = new Set(uses.filter(({ indicatorId }) => read.has(indicatorId)).map(({ objective }) => objective));
    if (outcome !== null)
      await shell.transact(system('signals.poll'), (ctx) => recordHealth(ctx, { source, outcome, objectives: blind.size }));
  }
  return { isBehind: round.isBehind, isBackfilling: listed.some(({ backfill }) => !isOver(backfill)) };
}

/** What the readings go on from: out of memory, where it is still true; those who ask alike next to each other. */
async function recall(shell: Transactor, { readings }: SourceMemory, listed: readonly ReadingState[]): Promise<Remembered[]> {
  const until = new Map(listed.map(({ indicatorId, readUntil }) => [indicatorId, readUntil]));
  for (const [id, known] of readings) if (known.readUntil === null || known.readUntil !== until.get(id)) readings.delete(id);
  const missing = listed.map(({ indicatorId }) => indicatorId).filter((id) => !readings.has(id));
  for (const loaded of await loadRemembered(shell.db, missing)) readings.set(loaded.indicatorId, loaded);
  const asking = new Map([...readings.values()].map((reading) => [reading, askingOf(reading.definition)]));
  return [...asking].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([reading]) => reading);
}

type Read = Extract<IndicatorRead, { kind: 'read' }>;
type Due = { reading: Remembered; from: Instant; to: Instant };
type Planned = { reading: Remembered; source: MetricSource };
type Outstanding = { reading: Remembered; to: Instant; read: Read; counters: CounterState };

class Round {
  isBehind = false;
  private reads = 0;
  private readonly wide: { code: string; reason: string }[] = [];
  private readonly alone: MetricSource;
  private readonly shell: Transactor;
  private readonly parts: ReadingParts;
  private readonly source: SourceRow;
  private readonly memory: SourceMemory;
  private readonly readings: readonly Remembered[];
  private readonly now: Instant;
  private unsaved: Outstanding[] = [];

  constructor(
    shell: Transactor,
    parts: ReadingParts,
    source: SourceRow,
    { memory, readings }: { memory: SourceMemory; readings: readonly Remembered[] },
  ) {
    this.shell = shell;
    this.parts = parts;
    this.source = source;
    this.memory = memory;
    this.readings = readings;
    this.now = shell.clock.now();
    this.alone = shareReads(parts.connectSource(connectionOf(source)));
  }

  /** Null when nothing was due to be read. A source that refuses a query has answered. */
  outcome(): PollOutcome | null {
    const [first] = this.wide;
    if (this.reads > 0) return { kind: 'read' };
    return first === undefined ? null : { kind: 'failed', ...first };
  }

  async readAll(lastFailures: ReadonlyMap<Id<'ind'>, ReadFailure | null>): Promise<void> {
    const read = async ({ reading, source }: Planned): Promise<void> => {
      const failed = await this.read(reading, source);
      if (failed !== null) await this.fail(reading.indicatorId, failed, lastFailures.get(reading.indicatorId) ?? null);
      if (this.unsaved.length >= SAVED_TOGETHER) await this.save();
    };
    try {
      await inLanes(this.plan(), LANES, read);
    } finally {
      await this.save();
    }
  }

  /** How each is asked for: those that are where most are together, those of one query one after the other. */
  private plan(): Planned[] {
    const due = this.readings.flatMap((reading) => {
      const next = this.dueOf(reading);
      return next === null || followedQueries(reading.definition).length === 0 ? [] : [{ ...next, span: `${next.from} ${next.to}` }];
    });
    const spans = Map.groupBy(due, ({ span }) => span);
    const most = [...spans.values()].reduce((many, some) => (some.length > many.length ? some : many), []);
    const instants = Math.ceil(((most[0]?.to ?? 0) - (most[0]?.from ?? 0)) / POLL_EVERY_MS);
    const together = most.map(({ reading }) => reading);
    const ways = waysOf(this.memory, together, instants, this.now);
    const news = {
      onLost: () => beCareful(this.memory, this.now),
      onRefused: (query: string) => forgetWay(this.memory, query),
    };
    const joint = joinReads(this.alone, ways, news);
    const joined = new Set(together);
    const planned = this.readings.map((reading): Planned & { by: string } => {
      const queries = followedQueries(reading.definition);
      if (queries.length === 0) return { reading, source: this.alone, by: '' };
      if (!joined.has(reading)) return { reading, source: joinReads(this.alone, planWays([{ queries, values: 0 }]), news), by: '' };
      return { reading, source: joint, by: queries.map((query) => ways.get(query)?.query ?? '').find((query) => query !== '') ?? '' };
    });
    return planned.sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0));
  }

  private dueOf(reading: Remembered): Due | null {
    if (reading.readUntil === null || reading.counters === null) return null;
    const { from, to } = this.spanOf(reading);
    return { reading, from, to };
  }

  /** What is read of it now; `latest` is how far its source has come. */
  private spanOf({ readUntil, startedAt, definition }: Remembered): { from: Instant; to: Instant; latest: Instant } {
    const from = readUntil ?? startedAt;
    const latest = floorTo(plus(this.now, -this.source.lagMs), readAlignMs(definition));
    return { from, to: instant(Math.min(latest, from + CATCH_UP_MS)), latest };
  }

  private async read(reading: Remembered, source: MetricSource): Promise<Extract<IndicatorRead, { kind: 'failed' }> | null> {
    if (this.reads === 0 && this.wide.length >= HOPELESS_AFTER) return null;
    const { definition, startedAt } = reading;
    // The first time, where counters stand is asked of the source.
    const first = reading.readUntil === null || reading.counters === null ? await startReading(source, definition, startedAt) : null;
    if (first?.kind === 'failed') return first;
    const { from, to, latest } = this.spanOf(reading);
    let read = first;
    if (to > from) {
      const news = await readIndicator(source, definition, first?.state ?? reading.counters ?? INITIAL_COUNTER_STATE, { from, to });
      if (news.kind === 'failed') return news;
      read = news;
      if (to < latest) this.isBehind = true;
    }
    if (read === null) return null;
    const until = instant(Math.max(from, to));
    this.unsaved.push({ reading, to: until, read, counters: { ...read.state, at: until } });
    this.reads += 1;
    this.parts.metrics.sourceReads.inc({ source: this.source.slug, outcome: 'read' });
    return null;
  }

  /** Writes what has been read and is not written yet; one whose cells cannot be written does not keep the others from it. */
  private async save(): Promise<void> {
    const some = this.unsaved;
    this.unsaved = [];
    if (some.length === 0) return;
    try {
      await this.saveAll(some);
    } catch (error) {
      if (isAway(error)) throw error;
      for (const one of some) await this.saveOne(one);
    }
  }

  private async saveOne(one: Outstanding): Promise<void> {
    const { indicatorId } = one.reading;
    try {
      await this.saveAll([one]);
    } catch (error) {
      if (isAway(error)) throw error;
      this.parts.metrics.sourceReads.inc({ source: this.source.slug, outcome: 'not_written' });
      const reason = error instanceof Error ? error.message.slice(0, REASON_LIMIT) : 'unknown failure';
      await updateFailure(this.shell.db, indicatorId, {
        code: 'not_written',
        reason: `what was read could not be written: ${reason}`,
        at: this.now,
      });
    }
  }

  private async saveAll(some: readonly Outstanding[]): Promise<void> {
    const advanced = await this.shell.transact(system('signals.poll'), async (ctx) => {
      const moved = await advanceReadings(ctx.tx, some.map(advanceOf));
      const inputs = some.filter(({ reading }) => moved.has(reading.indicatorId)).map(({ reading, read }) => this.cellsOf(reading, read));
      await writeAllCells(ctx, inputs);
      return moved;
    });
    for (const { reading, to, counters } of some) {
      const { indicatorId } = reading;
      if (advanced.has(indicatorId)) this.memory.readings.set(indicatorId, { ...reading, readUntil: to, counters, names: counters.names });
      else this.memory.readings.delete(indicatorId);
    }
  }

  private cellsOf({ indicatorId, definition }: Remembered, read: Read): CellsInput {
    return {
      indicator: { id: indicatorId, slices: definition.slices },
      writes: [...read.groups].map(([group, cells]) => ({ group, cells })),
      intervalMs: newsEveryMs(definition, this.source.lagMs),
      add: true,
    };
  }

  private async fail(
    indicatorId: Id<'ind'>,
    { code, reason }: Extract<IndicatorRead, { kind: 'failed' }>,
    last: ReadFailure | null,
  ): Promise<void> {
    if (SOURCE_WIDE.has(code)) this.wide.push({ code, reason });
    else this.reads += 1;
    this.parts.metrics.sourceReads.inc({ source: this.source.slug, outcome: code });
    if (last?.code === code && last.reason === reason) return;
    await updateFailure(this.shell.db, indicatorId, { code, reason, at: this.now });
  }
}

function advanceOf({ reading, to, read, counters }: Outstanding): Advance {
  const warned = read.warnings.map((text) => because('source_warned', `the source warns: ${text}`));
  return {
    indicatorId: reading.indicatorId,
    from: reading.readUntil,
    to,
    values: packCounters(counters),
    names: reading.names === counters.names ? null : writeNames(counters.names),
    notes: [...read.notes, ...warned].slice(0, NOTES),
  };
}

/** Between two polls, and long enough that what has just been polled is not yet taken for silence (which is twice as long). */
export function newsEveryMs(definition: SourceIndicator, lagMs: DurationMs): DurationMs {
  const stepMs = Math.max(readAlignMs(definition), POLL_EVERY_MS);
  return Math.max(stepMs, Math.ceil((stepMs + lagMs + 15 * SECOND_MS) / 2 / SECOND_MS) * SECOND_MS);
}
