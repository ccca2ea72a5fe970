import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import type { OutgoingNotice } from '#modules/notify/port.ts';
import { emailChannel } from './email.ts';

const MESSAGE: OutgoingNotice = {
  deliveryId: 'dlv_00000000000000000000000001' as Id<'dlv'>,
  idempotencyKey: 'dlv_00000000000000000000000001',
  personId: 'per_00000000000000000000000001' as Id<'per'>,
  target: 'mara@example.test',
  secret: null,
  atSeconds: 1,
  notice: {
    event: 'page.raised',
    summary: 'Checkout is down\r\nBcc: everybody@example.test',
    details: ['Severity critical, alert 7'],
    pageId: 'pag_1',
    alertId: 'alr_1',
    path: '/alerts/alr_1',
    acknowledgeable: true,
  },
  ackUrl: 'http://nines.test/a/token',
  openUrl: 'http://nines.test/alerts/alr_1',
};

interface Mail {
  from: string;
  to: string[];
  text: string;
}

describe('e-mail, against a real server', () => {
  const servers: SMTPServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const serve = async (options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> => {
    const mails: Mail[] = [];
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map((recipient) => recipient.address),
            text: Buffer.concat(chunks).toString('utf8'),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.server.address() as AddressInfo).port, mails };
  };
  const send = (port: number, credentials = '') =>
    emailChannel({ smtpUrl: `smtp://${credentials}127.0.0.1:${port}`, from: 'Nines <nines@example.test>' }).send(MESSAGE);
  const refusing = (status: number) => ({
    onRcptTo: (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
      done(Object.assign(new Error('mailbox'), { responseCode: status })),
  });

  it('sends one message to one person, with the link, and nothing smuggled into its head', async () => {
    const { port, mails } = await serve();
    expect(await send(port)).toEqual({ kind: 'accepted', reference: '<dlv_00000000000000000000000001@example.test>' });
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'nines@example.test', to: ['mara@example.test'] });
    const text = mail?.text ?? '';
    const head = text.slice(0, text.indexOf('\r\n\r\n'));
    const body = text.slice(head.length);
    expect(head).toContain('Subject: Page: Checkout is down Bcc: everybody@example.test');
    expect(head).not.toMatch(/^Bcc:/m);
    expect(head).toContain('Message-ID: <dlv_00000000000000000000000001@example.test>');
    expect(body).toContain('Acknowledge:\r\nhttp://nines.test/a/token');
    expect(body).toContain('Severity critical, alert 7');
  });

  it('takes a refused recipient for a refusal, and a busy server for another try', async () => {
    expect(await send((await serve(refusing(550))).port)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('mailbox') as string,
    });
    expect(await send((await serve(refusing(451))).port)).toMatchObject({ kind: 'retry' });
  });

  it('tries again when our own sign-in is refused: the page is not to blame', async () => {
    const { port } = await serve({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
    });
    expect(await send(port, 'nines:wrong@')).toMatchObject({ kind: 'retry' });
  });

  it('tries again when nobody listens', async () => {
    expect(await send(1)).toMatchObject({ kind: 'retry' });
  });
});
