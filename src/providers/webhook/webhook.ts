import { createHmac } from 'node:crypto';
import type { Channel, OutgoingNotice, SendOutcome } from '#modules/notify/port.ts';
import type { HttpClient, HttpResult } from '#platform/http-client.ts';

/**
 * Posts `{event, pageId, alertId, personId, summary, ackUrl, …}` with `Nines-Signature: t=…,v1=…`, where v1 is the
 * HMAC-SHA-256 in hex of `t.body` under the contact method's secret, and `Nines-Delivery`, the same for each try.
 */
export function webhookChannel(http: HttpClient): Channel {
  return {
    name: 'webhook',
    send: async (message) => outcomeOf(await http.request({ method: 'POST', url: message.target, ...signedBody(message) })),
  };
}

function signedBody(message: OutgoingNotice): { headers: Record<string, string>; body: string } {
  const { notice } = message;
  const body = JSON.stringify({
    event: notice.event,
    pageId: notice.pageId,
    alertId: notice.alertId,
    personId: message.personId,
    summary: notice.summary,
    details: notice.details,
    ackUrl: message.ackUrl,
    openUrl: message.openUrl,
    deliveryId: message.deliveryId,
  });
  const signature =
    message.secret === null
      ? {}
      : {
          'nines-signature': `t=${message.atSeconds},v1=${createHmac('sha256', message.secret).update(`${message.atSeconds}.${body}`).digest('hex')}`,
        };
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Nines',
      'content-length': String(Buffer.byteLength(body)),
      'nines-delivery': message.idempotencyKey,
      ...signature,
    },
    body,
  };
}

/** 2xx arrived; 408, 425, 429, 5xx and the wire try again; every other answer is a refusal. */
function outcomeOf(result: HttpResult): SendOutcome {
  switch (result.kind) {
    case 'refused':
      return { kind: 'rejected', reason: result.reason };
    case 'failed':
      return { kind: 'retry', reason: result.reason, afterMs: null };
    case 'answered': {
      if (result.status >= 200 && result.status < 300) return { kind: 'delivered', reference: null };
      const reason = `the receiver answered ${result.status}`;
      const again = result.status >= 500 || [408, 425, 429].includes(result.status);
      return again ? { kind: 'retry', reason, afterMs: retryAfterMs(result.headers['retry-after']) } : { kind: 'rejected', reason };
    }
  }
}

function retryAfterMs(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : null;
}
