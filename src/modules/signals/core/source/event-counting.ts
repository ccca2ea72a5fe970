import { type Because, because } from '#kernel/errors.ts';
import type { DurationMs, Instant } from '#kernel/instant.ts';
import { share } from '../cell.ts';
import type { Increment } from './counter-reading.ts';
import { cellsOf, entryOf, type GroupCells, groupsOf, ROLL_UP, type StepCounts } from './series.ts';

/** Which events were counted beside the valid ones; `none` where all valid ones are good. */
export type CountedRole = 'good' | 'bad' | 'none';

export interface EventCounting {
  counted: CountedRole;
  /** Between the instants that were read; a multiple of a cell. */
  stepMs: DurationMs;
  groupBy: readonly string[];
}

export type CountingNote = 'bad_exceeds_valid' | 'good_exceeds_valid' | 'counted_without_valid';

export interface EventsCounted {
  /** To be *added* to what is kept: a series that comes back adds to cells of the time that it was away. */
  groups: GroupCells;
  notes: Because<CountingNote>[];
}

const UNGROUPED: readonly string[] = [ROLL_UP];

/**
 * Makes cells of what counters gained. A step is observed when a series of valid events, whose gain reaches over it, was
 * there at its end or came back after it; without one there is no cell. Where valid events were observed, no series of
 * good or of bad ones is none of them. What exceeds the valid events of its step is cut to them, and noted.
 */
export function countEvents(increments: readonly Increment[], counting: EventCounting): EventsCounted {
  const groups = new Map<string, Map<string, Gain>>();
  const known = new Map<object, string[]>();
  const latest = new Map<string, Gain>();
  for (const increment of increments) {
    const own =
      counting.groupBy.length === 0 ? UNGROUPED : entryOf(known, increment.labels, () => groupsOf(increment.labels, counting.groupBy));
    for (const group of own) latest.set(group, addGain(groups, group, increment, latest.get(group)));
  }
  const excess = { steps: 0, events: 0 };
  const orphans = { steps: 0, events: 0 };
  const cells = new Map(
    [...groups].flatMap(([group, gains]) => {
      const steps: StepCounts[] = [];
      for (const step of stepsOf(gains.values(), counting.stepMs)) {
        const counted = Math.min(step.counted, step.valid);
        const noted = step.isObserved ? excess : orphans;
        if (group === ROLL_UP && (step.isObserved ? step.counted > step.valid : step.counted > 0)) {
          noted.steps += 1;
          noted.events += step.counted - (step.isObserved ? step.valid : 0);
        }
        if (!step.isObserved) continue;
        const bad = counting.counted === 'good' ? step.valid - counted : counted;
        steps.push({ at: step.at, good: step.valid - bad, bad });
      }
      return steps.length === 0 ? [] : [[group, cellsOf(steps, counting.stepMs)] as const];
    }),
  );
  return { groups: cells, notes: notesOf(counting, excess, orphans) };
}

function notesOf(counting: EventCounting, excess: Tally, orphans: Tally): Because<CountingNote>[] {
  const notes: Because<CountingNote>[] = [];
  const name = counting.counted === 'good' ? 'good' : 'bad';
  if (excess.steps > 0)
    notes.push(because(`${name}_exceeds_valid`, `more ${name} events than valid ones; they were cut to the valid ones`, { ...excess }));
  if (orphans.steps > 0)
    notes.push(because('counted_without_valid', `${name} events while no valid ones were seen; they were left out`, { ...orphans }));
  return notes;
}

type Tally = Record<'steps' | 'events', number>;

/** What all series of a group gained over one stretch. */
interface Gain {
  from: Instant;
  to: Instant;
  valid: number;
  counted: number;
  isObserved: boolean;
}

function addGain(
  groups: Map<string, Map<string, Gain>>,
  group: string,
  { role, from, to, events, good }: Increment,
  latest: Gain | undefined,
): Gain {
  let gain = latest;
  if (gain === undefined || gain.from !== from || gain.to !== to) {
    const gains = entryOf(groups, group, () => new Map<string, Gain>());
    gain = entryOf(gains, `${from} ${to}`, () => ({ from, to, valid: 0, counted: 0, isObserved: false }));
  }
  if (role === 'good' || role === 'bad') gain.counted += events;
  else {
    gain.valid += events;
    gain.counted += good ?? 0;
    gain.isObserved = true;
  }
  return gain;
}

interface Step {
  at: Instant;
  valid: number;
  counted: number;
  isObserved: boolean;
}

/** Shares gains evenly over the steps that they reach over; counted events and the rest each for itself, so that they stay together. */
function stepsOf(gains: Iterable<Gain>, stepMs: DurationMs): Iterable<Step> {
  const steps = new Map<number, Step>();
  for (const { from, to, valid, counted, isObserved } of gains) {
    const length = Math.max(1, Math.round((to - from) / stepMs));
    const part = (amount: number, i: number): number => share(amount, i + 1, length) - share(amount, i, length);
    for (let i = 0; i < length; i += 1) {
      const at = (to - (length - 1 - i) * stepMs) as Instant;
      const step = entryOf(steps, at, () => ({ at, valid: 0, counted: 0, isObserved: false }));
      step.counted += part(counted, i);
      step.valid += counted <= valid ? part(counted, i) + part(valid - counted, i) : part(valid, i);
      step.isObserved ||= isObserved;
    }
  }
  return steps.values();
}
