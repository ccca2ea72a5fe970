import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type Instant, iso, plus } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { Db } from '#platform/verb.ts';
import type { contract, OnCallView, ScheduleView } from './contract.ts';
import { type OnCall, resolveOnCall } from './core/resolve.ts';
import { type Shift, shiftsBetween } from './core/shifts.ts';
import { listOverrides, listSchedules, loadSchedule, type OverrideRow, type ScheduleRow, scheduleOf } from './store.ts';

type Names = ReadonlyMap<string, string>;

const MOST_DAYS = 120;

export async function listScheduleViews(db: Db, at: Instant): Promise<Output<typeof contract.listSchedules>> {
  const rows = await listSchedules(db);
  const overrides = await listOverrides(
    db,
    rows.map((row) => row.id),
    at,
  );
  const names = await namesOf(db, rows, overrides);
  return { items: rows.map((row) => scheduleView(row, names, resolveOnCall(scheduleOf(row, overrides), at))) };
}

export async function getScheduleView(
  db: Db,
  slug: string,
  now: Instant,
  span: { from?: Instant | undefined; to?: Instant | undefined },
): Promise<Output<typeof contract.getSchedule>> {
  const from = span.from ?? plus(now, -2 * DAY_MS);
  const to = span.to ?? plus(from, 14 * DAY_MS);
  if (to <= from || to - from > MOST_DAYS * DAY_MS)
    throw new AppError('invalid_input', `to: must be after from and at most ${MOST_DAYS} days later`, {
      fields: [{ path: 'query.to', message: `must be after from, at most ${MOST_DAYS} days later` }],
    });
  const row = await loadSchedule(db, slug);
  const overrides = await listOverrides(db, [row.id], from < now ? from : now);
  const names = await namesOf(db, [row], overrides);
  const schedule = scheduleOf(row, overrides);
  const shiftViews = (shifts: readonly Shift[]) =>
    shifts.map((shift) => ({
      person: personRef(names, shift.personId),
      startsAt: iso(shift.startsAt),
      endsAt: iso(shift.endsAt),
      because: shift.because,
    }));
  return {
    ...scheduleView(row, names, resolveOnCall(schedule, now)),
    from: iso(from),
    to: iso(to),
    shifts: shiftViews(shiftsBetween(schedule, from, to)),
    rotation: shiftViews(shiftsBetween({ ...schedule, overrides: [] }, from, to)),
    overrides: overrides.filter((override) => override.startsAt < to).map((override) => overrideView(override, names)),
  };
}

export async function getOverrideView(db: Db, row: OverrideRow) {
  const people = await listPeopleByIds(db, [row.personId]);
  return overrideView(row, new Map(people.map((person) => [person.id, person.name])));
}

function overrideView(row: OverrideRow, names: Names) {
  return {
    id: row.id,
    person: personRef(names, row.personId) ?? { id: row.personId, name: row.personId },
    startsAt: iso(row.startsAt),
    endsAt: iso(row.endsAt),
    reason: row.reason,
  };
}

function scheduleView(row: ScheduleRow, names: Names, now: OnCall): ScheduleView {
  const participants = row.definition.participants.map((id) => ({ id, name: names.get(id) ?? id }));
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    definition: { ...row.definition, participants },
    version: row.version,
    now: onCallView(names, now),
  };
}

function onCallView(names: Names, onCall: OnCall): OnCallView {
  return {
    person: personRef(names, onCall.personId),
    because: onCall.because,
    until: onCall.until === null ? null : iso(onCall.until),
    next: personRef(names, onCall.next?.personId ?? null),
  };
}

function personRef(names: Names, id: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: names.get(id) ?? id };
}

async function namesOf(db: Db, rows: readonly ScheduleRow[], overrides: readonly OverrideRow[]): Promise<Names> {
  const ids = new Set([...rows.flatMap((row) => row.definition.participants), ...overrides.map((override) => override.personId)]);
  const people = await listPeopleByIds(db, [...ids] as Id<'per'>[]);
  return new Map(people.map((person) => [person.id, person.name]));
}
