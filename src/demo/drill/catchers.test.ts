import { createHmac } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { afterEach, describe, expect, it } from 'vitest';
import { catchMail, readMail } from './catch-mail.ts';
import { catchWebhooks, verifyWebhook } from './catch-webhooks.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the mail catcher', () => {
  it('keeps a message as its reader sees it, long links and all', async () => {
    const catcher = await catchMail();
    open.push(catcher);
    const link = `http://127.0.0.1:8080/a/${'0123456789abcdef'.repeat(8)}`;
    const text = `Überlast × 15,2 = viel\n\nAcknowledge:\n${link}\n`;
    await createTransport(catcher.url).sendMail({
      from: 'Nines <nines@example.com>',
      to: 'mara@example.com',
      subject: 'Page: 15.2× über 1 h',
      text,
    });
    expect(catcher.mails).toMatchObject([{ to: ['mara@example.com'], subject: 'Page: 15.2× über 1 h' }]);
    expect(catcher.mails[0]?.text.replaceAll('\r\n', '\n').trim()).toBe(text.trim());
  });

  it('turns everybody away when it is told to', async () => {
    const catcher = await catchMail({ refuses: true });
    open.push(catcher);
    const sent = createTransport(catcher.url).sendMail({ from: 'a@example.com', to: 'mara@example.com', subject: 'x', text: 'x' });
    await expect(sent).rejects.toMatchObject({ responseCode: 550 });
    expect(catcher.mails).toEqual([]);
  });

  it('reads base64 bodies and folded subjects', () => {
    const raw = 'Subject: =?UTF-8?B?w7xi?=\r\n =?UTF-8?B?ZXI=?=\r\nContent-Transfer-Encoding: base64\r\n\r\nw6FiYw==\r\n';
    expect(readMail(raw)).toEqual({ subject: 'über', text: 'ábc' });
  });
});

describe('the webhook catcher', () => {
  it('keeps what it is posted and tells a true signature from a false one', async () => {
    const catcher = await catchWebhooks();
    open.push(catcher);
    const body = JSON.stringify({ event: 'page.raised', pageId: 'pag_1', personId: 'per_1', summary: 'x', ackUrl: null });
    const v1 = createHmac('sha256', 'secret').update(`17.${body}`).digest('hex');
    await fetch(catcher.url, { method: 'POST', body, headers: { 'nines-signature': `t=17,v1=${v1}` } });
    const [caught] = catcher.webhooks;
    if (caught === undefined) throw new Error('nothing was caught');
    expect(verifyWebhook(caught, 'secret')).toMatchObject({ event: 'page.raised', pageId: 'pag_1' });
    expect(verifyWebhook(caught, 'another')).toBeNull();
    expect(verifyWebhook({ ...caught, body: `${body} ` }, 'secret')).toBeNull();
    expect(verifyWebhook({ ...caught, signature: '' }, 'secret')).toBeNull();
  });
});
