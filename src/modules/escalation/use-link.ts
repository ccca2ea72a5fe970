import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { findDelivery, markLinkUsed, readLinkToken } from '#modules/notify/index.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import { acknowledge } from './acknowledge.ts';

export interface NoticeLink {
  deliveryId: Id<'dlv'>;
  pageId: Id<'pag'>;
  used: boolean;
  /** The person the notice went to; the acknowledgement is theirs. */
  actor: Actor;
}

/** Finds what a notice's link is for; undefined when the token is not one of ours. */
export async function findLink(db: Db, secret: string, token: string): Promise<NoticeLink | undefined> {
  const deliveryId = readLinkToken(secret, token);
  const delivery = deliveryId === undefined ? undefined : await findDelivery(db, deliveryId);
  if (delivery === undefined || delivery.notice.pageId === null) return undefined;
  const [person] = await listPeopleByIds(db, [delivery.personId]);
  if (person === undefined || person.disabledAt !== null) return undefined;
  return {
    deliveryId: delivery.id,
    pageId: delivery.notice.pageId as Id<'pag'>,
    used: delivery.linkUsedAt !== null,
    actor: { kind: 'link', id: person.id, name: person.name },
  };
}

/**
 * Acknowledges by a link, once. `conflict` when the link was used or the page is taken. The page comes before its
 * deliveries, as everywhere: the other way round two acknowledgements would wait for each other.
 */
export async function useLink(ctx: VerbContext, input: { deliveryId: Id<'dlv'>; pageId: Id<'pag'> }): Promise<Id<'pag'>> {
  const pageId = await acknowledge(ctx, { pageId: input.pageId });
  if (!(await markLinkUsed(ctx.tx, input.deliveryId, ctx.now))) throw new AppError('conflict', 'this link has been used');
  return pageId;
}
