import { createTransport } from 'nodemailer';
import type { Channel, OutgoingNotice, SendOutcome } from '#modules/notify/port.ts';

export interface EmailOptions {
  /** smtp:// or smtps:// with optional user and password. */
  smtpUrl: string;
  from: string;
}

const TIMEOUT_MS = 10_000;

/** Sends notices by SMTP. The Message-ID is the delivery's, so that a repeated message can be dropped by the mailbox. */
export function emailChannel(options: EmailOptions): Channel {
  const transport = createTransport({
    url: options.smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  const domain = options.from.split('@')[1]?.replace(/[>\s].*$/, '') ?? 'nines';
  return {
    name: 'email',
    send: async (message) => {
      try {
        const sent = await transport.sendMail({
          from: options.from,
          to: message.target,
          subject: subjectOf(message),
          text: textOf(message),
          messageId: `<${message.idempotencyKey}@${domain}>`,
          headers: { 'X-Nines-Delivery': message.idempotencyKey, 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'accepted', reference: sent.messageId };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
  };
}

function subjectOf({ notice }: OutgoingNotice): string {
  const lead = notice.acknowledgeable ? 'Page: ' : '';
  return `${lead}${notice.summary}`.replaceAll(/\s+/g, ' ').slice(0, 200);
}

function textOf(message: OutgoingNotice): string {
  const { notice } = message;
  const acknowledge = message.ackUrl === null ? [] : ['', 'Acknowledge:', message.ackUrl];
  return [notice.summary, '', ...notice.details, ...acknowledge, '', 'Open:', message.openUrl, ''].join('\n');
}

/**
 * A 5yz to the envelope or the message is a refusal for good (RFC 5321 §4.2.1). 4yz and the wire are tried again, and so is
 * a 5yz to our own signing in: an administrator who mends the password must not find that the pages were thrown away.
 */
function outcomeOfError(error: unknown): SendOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  const { code, responseCode } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; responseCode?: unknown };
  const status = Number(responseCode ?? 0);
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  return isAboutMessage && status >= 500 && status < 600 ? { kind: 'rejected', reason } : { kind: 'retry', reason, afterMs: null };
}
