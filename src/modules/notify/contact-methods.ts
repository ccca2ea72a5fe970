import type { Actor } from '#kernel/actor.ts';
import { because, AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import type { ContactMethodView, NewContactMethod } from './contract.ts';
import { deliver } from './job-definitions.ts';
import {
  contactMethodView,
  deleteContactMethodRow,
  insertContactMethod,
  insertDeliveries,
  loadContactMethod,
  type ContactMethodRow,
} from './store.ts';

/** People look after their own contact methods; administrators after everybody's. */
export async function requireOwner(db: Db, actor: Actor, personId: Id<'per'>): Promise<void> {
  const isAdmin = (actor.kind === 'person' || actor.kind === 'key') && actor.role === 'admin';
  if (!isAdmin && !('id' in actor && actor.id === personId))
    throw new AppError('forbidden', 'only the person or an administrator may do this');
  const [person] = await listPeopleByIds(db, [personId]);
  if (person === undefined) throw new AppError('not_found', `there is no person ${personId}`);
}

export async function createContactMethod(
  ctx: VerbContext,
  input: { personId: Id<'per'>; method: NewContactMethod },
): Promise<ContactMethodView & { secret: string | null }> {
  await requireOwner(ctx.tx, ctx.actor, input.personId);
  const { method } = input;
  const row: ContactMethodRow = {
    id: ctx.ids.next('cme'),
    personId: input.personId,
    channel: method.channel,
    target: method.channel === 'app' ? 'browser' : method.target,
    secret: method.channel === 'webhook' ? ctx.ids.secret() : null,
    delayMs: method.delaySeconds * 1000,
    createdAt: ctx.now,
  };
  if (!(await insertContactMethod(ctx.tx, row))) throw new AppError('conflict', `${row.channel} ${row.target} is there already`);
  await ctx.audit({ operation: 'notify.createContactMethod', subject: input.personId, after: contactMethodView(row) });
  return { ...contactMethodView(row), secret: row.secret };
}

/** What everybody starts with: notices in the browser and by e-mail, at once. */
export async function createDefaultContactMethods(ctx: VerbContext, input: { personId: Id<'per'>; email: string }): Promise<void> {
  const shared = { personId: input.personId, secret: null, delayMs: 0, createdAt: ctx.now };
  await insertContactMethod(ctx.tx, { ...shared, id: ctx.ids.next('cme'), channel: 'app', target: 'browser' });
  await insertContactMethod(ctx.tx, { ...shared, id: ctx.ids.next('cme'), channel: 'email', target: input.email });
}

export async function deleteContactMethod(ctx: VerbContext, input: { personId: Id<'per'>; id: Id<'cme'> }): Promise<null> {
  await requireOwner(ctx.tx, ctx.actor, input.personId);
  const row = await loadContactMethod(ctx.tx, input.personId, input.id);
  await deleteContactMethodRow(ctx.tx, input.id);
  await ctx.audit({ operation: 'notify.deleteContactMethod', subject: input.personId, before: contactMethodView(row) });
  return null;
}

/** Sends a test through one contact method, on the same road as a page. Returns the delivery's id. */
export async function sendTest(ctx: VerbContext, input: { personId: Id<'per'>; id: Id<'cme'> }): Promise<Id<'dlv'>> {
  await requireOwner(ctx.tx, ctx.actor, input.personId);
  const method = await loadContactMethod(ctx.tx, input.personId, input.id);
  const id = ctx.ids.next('dlv');
  await insertDeliveries(ctx.tx, [
    {
      id,
      about: method.id,
      personId: input.personId,
      channel: method.channel,
      target: method.target,
      secret: method.secret,
      state: 'queued',
      notice: {
        event: 'notice.test',
        summary: 'A test from Nines: this contact method works.',
        details: [],
        pageId: null,
        alertId: null,
        path: '/settings',
        acknowledgeable: false,
      },
      because: because('test_asked', 'Somebody asked for a test.', { channel: method.channel }),
      key: `test/${id}`,
      dueAt: ctx.now,
      queuedAt: ctx.now,
      attempts: 0,
      finishedAt: null,
      cancelledAt: null,
      linkUsedAt: null,
    },
  ]);
  await ctx.enqueue({ job: deliver, payload: { deliveryId: id }, dueAt: ctx.now, key: `deliver/${id}/1` });
  await ctx.audit({ operation: 'notify.sendTest', subject: input.personId, after: { deliveryId: id, channel: method.channel } });
  return id;
}
