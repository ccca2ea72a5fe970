import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { requireVersion } from '#kernel/version.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { NewAction } from './contract.ts';
import { type Check, checkPostmortem, decideKeeping, decidePublishing } from './core/checks.ts';
import type { Section } from './core/sections.ts';
import { postmortemChanged } from './events.ts';
import {
  type ActionRow,
  insertAction,
  listActionsOf,
  lockAction,
  lockPostmortem,
  lockPostmortemOf,
  type PostmortemRow,
  updateActionRow,
  updatePostmortem,
} from './store.ts';

export interface EditPostmortemInput {
  id: Id<'pmo'>;
  ifMatch: number | undefined;
  change: {
    title?: string | undefined;
    state?: PostmortemRow['state'] | undefined;
    class?: string | null | undefined;
    sections?: Section[] | undefined;
  };
}

/**
 * Changes title, state, class or some of the sections; sections not named stay. `precondition_failed` where it would be
 * published without what it must hold.
 */
export async function editPostmortem(ctx: VerbContext, { id, ifMatch, change }: EditPostmortemInput): Promise<Id<'pmo'>> {
  const before = await lockPostmortem(ctx.tx, id);
  requireVersion(`postmortem ${id}`, before.version, ifMatch);
  if (change.state === 'published' && before.state !== 'published') await requirePublishable(ctx, before);
  const edited = new Map((change.sections ?? []).map((section) => [section.id, section]));
  const after: PostmortemRow = {
    ...before,
    title: change.title ?? before.title,
    state: change.state ?? before.state,
    class: change.class === undefined ? before.class : change.class,
    sections: before.sections.map((section) => edited.get(section.id) ?? section),
    version: before.version + 1,
  };
  await updatePostmortem(ctx.tx, after);
  await ctx.audit({
    operation: 'postmortems.editPostmortem',
    subject: id,
    before: {
      title: before.title,
      state: before.state,
      class: before.class,
      sections: before.sections.filter((section) => edited.has(section.id)),
    },
    after: change,
  });
  await ctx.publish(postmortemChanged, id, { postmortemId: id, incidentId: before.incidentId });
  return id;
}

async function requirePublishable(ctx: VerbContext, postmortem: PostmortemRow): Promise<void> {
  const decided = decidePublishing(checksOf(postmortem, await listActionsOf(ctx.tx, postmortem.id)));
  if (decided.allowed) return;
  const text = `${postmortem.title} cannot be published: ${decided.because.text}`;
  throw new AppError('precondition_failed', text, { facts: decided.because.facts });
}

function checksOf({ requiredBecause }: PostmortemRow, actions: readonly ActionRow[]): Check[] {
  return checkPostmortem({ requiredBecause, actions: actions.map((action) => ({ ...action, planned: action.planKey !== null })) });
}

export async function addAction(ctx: VerbContext, input: { postmortemId: Id<'pmo'>; action: NewAction }): Promise<Id<'act'>> {
  const postmortem = await lockPostmortem(ctx.tx, input.postmortemId);
  await requirePerson(ctx, input.action.ownerId);
  const { due, ...action } = input.action;
  const row: ActionRow = {
    ...action,
    id: ctx.ids.next('act'),
    postmortemId: postmortem.id,
    dueOn: due,
    state: 'open',
    version: 1,
    createdAt: ctx.now,
    because: null,
    planKey: null,
  };
  await insertAction(ctx.tx, row);
  await ctx.audit({ operation: 'postmortems.addAction', subject: row.id, after: row });
  await ctx.publish(postmortemChanged, postmortem.id, { postmortemId: postmortem.id, incidentId: postmortem.incidentId });
  return row.id;
}

export interface UpdateActionInput {
  id: Id<'act'>;
  ifMatch: number | undefined;
  change: { title?: string | undefined; state?: ActionRow['state'] | undefined; ownerId?: Id<'per'> | undefined; due?: string | undefined };
}

/**
 * Changes an action. `precondition_failed` where its postmortem is published and would no longer hold what it must: the
 * postmortem is locked first, as it is by who publishes it, so that neither misses the other.
 */
export async function updateAction(ctx: VerbContext, { id, ifMatch, change }: UpdateActionInput): Promise<Id<'act'>> {
  const postmortem = await lockPostmortemOf(ctx.tx, id);
  const before = await lockAction(ctx.tx, id);
  requireVersion(`action ${id}`, before.version, ifMatch);
  if (change.ownerId !== undefined) await requirePerson(ctx, change.ownerId);
  const after: ActionRow = {
    ...before,
    title: change.title ?? before.title,
    state: change.state ?? before.state,
    ownerId: change.ownerId ?? before.ownerId,
    dueOn: change.due ?? before.dueOn,
    version: before.version + 1,
  };
  await requireKept(ctx, postmortem, after);
  await updateActionRow(ctx.tx, after);
  await ctx.audit({ operation: 'postmortems.updateAction', subject: id, before, after });
  await ctx.publish(postmortemChanged, postmortem.id, { postmortemId: postmortem.id, incidentId: postmortem.incidentId });
  return id;
}

async function requireKept(ctx: VerbContext, postmortem: PostmortemRow, changed: ActionRow): Promise<void> {
  const actions = await listActionsOf(ctx.tx, postmortem.id);
  const decided = decideKeeping(postmortem.state === 'published', {
    before: checksOf(postmortem, actions),
    after: checksOf(
      postmortem,
      actions.map((action) => (action.id === changed.id ? changed : action)),
    ),
  });
  if (decided.allowed) return;
  const text = `${changed.title} cannot be dropped while ${postmortem.title} is published, as then it would lack what it must hold: ${decided.because.text}`;
  throw new AppError('precondition_failed', text, { facts: decided.because.facts });
}

async function requirePerson(ctx: VerbContext, id: Id<'per'>): Promise<void> {
  const [person] = await listPeopleByIds(ctx.tx, [id]);
  if (person === undefined)
    throw new AppError('not_found', `there is no person ${id}`, {
      fields: [{ path: 'body.ownerId', message: 'there is no such person', received: id }],
    });
}
