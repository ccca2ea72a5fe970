import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { requireVersion } from '#kernel/version.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { PutSchedule } from './contract.ts';
import {
  insertOverride,
  loadSchedule,
  lockSchedule,
  type OverrideRow,
  removeOverrideRow,
  type ScheduleRow,
  upsertSchedule,
} from './store.ts';

export interface PutScheduleInput {
  slug: string;
  ifMatch: number | undefined;
  schedule: PutSchedule;
}

/** Creates or changes a schedule. Every participant must be a person that is there. */
export async function putSchedule(ctx: VerbContext, { slug, ifMatch, schedule }: PutScheduleInput): Promise<ScheduleRow> {
  await lockName(ctx.tx, 'schedule', slug);
  const before = await lockSchedule(ctx.tx, slug);
  requireVersion(`schedule ${slug}`, before?.version ?? 0, ifMatch);
  await requirePeople(ctx, schedule.participants, 'body.participants');
  const { name, ...definition } = schedule;
  const after: ScheduleRow = {
    id: before?.id ?? ctx.ids.next('sch'),
    slug,
    name,
    definition,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
  };
  await upsertSchedule(ctx.tx, after);
  await ctx.audit({ operation: 'oncall.putSchedule', subject: after.id, before, after });
  return after;
}

export interface CreateOverrideInput {
  slug: string;
  personId: Id<'per'>;
  startsAt: OverrideRow['startsAt'];
  endsAt: OverrideRow['endsAt'];
  reason: string;
}

/** Puts somebody on call for a span; where overrides overlap, the later made one wins. */
export async function createOverride(ctx: VerbContext, input: CreateOverrideInput): Promise<OverrideRow> {
  const { slug, ...override } = input;
  const schedule = await loadSchedule(ctx.tx, slug);
  await requirePeople(ctx, [input.personId], 'body.personId');
  const row: OverrideRow = { ...override, id: ctx.ids.next('ovr'), scheduleId: schedule.id };
  await insertOverride(ctx.tx, row, ctx.now);
  await ctx.audit({ operation: 'oncall.createOverride', subject: schedule.id, after: row });
  return row;
}

export async function removeOverride(ctx: VerbContext, input: { slug: string; id: Id<'ovr'> }): Promise<null> {
  const schedule = await loadSchedule(ctx.tx, input.slug);
  if (!(await removeOverrideRow(ctx.tx, schedule.id, input.id, ctx.now)))
    throw new AppError('not_found', `schedule ${input.slug} has no override ${input.id}`);
  await ctx.audit({ operation: 'oncall.removeOverride', subject: schedule.id, before: { id: input.id } });
  return null;
}

async function requirePeople(ctx: VerbContext, ids: readonly string[], path: string): Promise<void> {
  const known = new Set((await listPeopleByIds(ctx.tx, ids as Id<'per'>[])).map((person) => person.id as string));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new AppError('invalid_input', `${path}: there is no person ${missing.join(', ')}`, {
      fields: missing.map((id) => ({ path, message: 'there is no such person', received: id })),
    });
}
