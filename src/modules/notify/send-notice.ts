import { because, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { plus } from '#kernel/instant.ts';
import { findInstallation, listEnabledAdmins, listPeopleByIds } from '#modules/identity/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { DeliveryCode } from './core/delivery.ts';
import type { Notice } from './core/notice.ts';
import { deliver } from './job-definitions.ts';
import { cancelDeliveries, type ContactMethodRow, type DeliveryRow, insertDeliveries, listContactMethodsOf } from './store.ts';

export interface SendNoticeInput {
  /** What the notice is about, a page's id as a rule: what `cancelNotices` calls off by. */
  about: string;
  /** Told twice with the same key, a person is notified once. */
  key: string;
  personIds: readonly Id<'per'>[];
  notice: Notice;
  /** Use every contact method now, whatever the personal rules say. */
  allAtOnce: boolean;
}

/** Queues a notice to people by their contact methods, in the caller's transaction. */
export async function sendNotice(ctx: VerbContext, input: SendNoticeInput): Promise<void> {
  const people = (await listPeopleByIds(ctx.tx, input.personIds)).filter((person) => person.disabledAt === null);
  const methods = await listContactMethodsOf(
    ctx.tx,
    people.map((person) => person.id),
  );
  const rows = people.flatMap((person): DeliveryRow[] => {
    const own = methods.filter((method) => method.personId === person.id);
    const used: Pick<ContactMethodRow, 'channel' | 'target' | 'secret' | 'delayMs'>[] =
      own.length > 0 ? own : [{ channel: 'email', target: person.email, secret: null, delayMs: 0 }];
    return used.map((method) => {
      const delayMs = input.allAtOnce ? 0 : method.delayMs;
      return queued(ctx, input, {
        personId: person.id,
        channel: method.channel,
        target: method.target,
        secret: method.secret,
        delayMs,
        because: reasonFor(own.length > 0, person.name, delayMs, method.channel),
      });
    });
  });
  const fresh = await insertDeliveries(ctx.tx, rows);
  await ctx.enqueue(
    ...rows
      .filter((row) => fresh.has(row.id))
      .map((row) => ({ job: deliver, payload: { deliveryId: row.id }, dueAt: row.dueAt, key: `deliver/${row.id}/1` })),
  );
}

function reasonFor(hasMethods: boolean, name: string, delayMs: number, channel: string): Because<DeliveryCode> {
  if (!hasMethods) return because('last_resort', `${name} has no contact method, so the account’s address is used.`, { person: name });
  return because(
    'contact_rule',
    delayMs === 0 ? `${name}’s rules use ${channel} at once.` : `${name}’s rules use ${channel} after ${delayMs / 1000} s.`,
    {
      person: name,
      channel,
      delaySeconds: delayMs / 1000,
    },
  );
}

interface QueuedParts {
  personId: Id<'per'>;
  channel: ContactMethodRow['channel'];
  target: string;
  secret: string | null;
  delayMs: number;
  because: Because<DeliveryCode>;
}

function queued(ctx: VerbContext, input: SendNoticeInput, parts: QueuedParts): DeliveryRow {
  const { delayMs, ...rest } = parts;
  return {
    ...rest,
    id: ctx.ids.next('dlv'),
    about: input.about,
    notice: input.notice,
    state: 'queued',
    key: `${input.key}/${parts.personId}/${parts.channel}/${parts.target}`,
    dueAt: plus(ctx.now, delayMs),
    queuedAt: ctx.now,
    attempts: 0,
    finishedAt: null,
    cancelledAt: null,
    linkUsedAt: null,
  };
}

/** Calls off every notice about something that has not gone out. No new try begins after this commits. */
export async function cancelNotices(ctx: VerbContext, about: string, reason: Because<DeliveryCode>): Promise<void> {
  await cancelDeliveries(ctx.tx, about, ctx.now, reason);
}

/** Tells the installation's fallback contact, by default every administrator, through all they have, at once. */
export async function raiseFallbackAlarm(
  ctx: VerbContext,
  input: { about: string; key: string; notice: Notice },
): Promise<{ personIds: Id<'per'>[] }> {
  const installation = await findInstallation(ctx.tx);
  const chosen = (await listPeopleByIds(ctx.tx, installation?.fallbackPersonIds ?? [])).filter((person) => person.disabledAt === null);
  // Somebody who has left answers no alarm: then, too, it is for the administrators.
  const personIds = (chosen.length > 0 ? chosen : await listEnabledAdmins(ctx.tx)).map((person) => person.id);
  await sendNotice(ctx, { ...input, personIds, allAtOnce: true });
  return { personIds };
}
