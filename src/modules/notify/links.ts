import { timingSafeEqual } from 'node:crypto';
import type { Id } from '#kernel/ids.ts';
import { hmacHex } from '#platform/passwords.ts';

/** The token of a delivery's acknowledgement link: the delivery and a signature over it. Whoever holds it got the notice. */
export function linkToken(secret: string, deliveryId: Id<'dlv'>): string {
  return `${deliveryId.slice(4)}${sign(secret, deliveryId)}`;
}

/** The delivery a token was made for; undefined when the signature is not ours. */
export function readLinkToken(secret: string, token: string): Id<'dlv'> | undefined {
  if (!/^[0-9a-z]{26}[0-9a-f]{32}$/.test(token)) return undefined;
  const deliveryId = `dlv_${token.slice(0, 26)}` as Id<'dlv'>;
  const given = Buffer.from(token.slice(26));
  return timingSafeEqual(given, Buffer.from(sign(secret, deliveryId))) ? deliveryId : undefined;
}

function sign(secret: string, deliveryId: string): string {
  return hmacHex(secret, `acknowledge ${deliveryId}`).slice(0, 32);
}
