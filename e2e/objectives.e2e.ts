import type { APIResponse, Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '#app/start.ts';
import { axeFindings, DESKTOP, launchBrowser, openWalker, PHONE, signIn, withFolder } from './browser.ts';

const MINUTE_MS = 60_000;

describe('objectives', () => {
  let browser: Browser;
  let installation: Installation;
  let end: () => Promise<void>;
  beforeAll(async () => {
    browser = await launchBrowser();
    ({ installation, end } = await withFolder({ demo: 'true', evaluateEvery: '2s' }));
    await installation.demo?.loaded;
  });
  afterAll(async () => {
    await browser.close();
    await end();
  });

  const enter = async (options: { viewport: typeof DESKTOP; colorScheme: 'light' | 'dark' }) => {
    const login = installation.demo?.login;
    if (login === null || login === undefined) throw new Error('the demo gives no login');
    const walker = await openWalker(browser, { baseURL: installation.url, ...options });
    await signIn(walker.page, login);
    return walker;
  };

  it('are created, counted, explained, corrected and lived again', async () => {
    const { page, errors, context } = await enter({ viewport: DESKTOP, colorScheme: 'light' });
    await page.goto('/objectives');
    await page.getByRole('link', { name: 'New objective' }).click();

    // What cannot be is told at its field, before anything is sent.
    await page.getByLabel('Target').fill('100');
    await page.getByRole('button', { name: 'Create objective' }).click();
    await page.getByText('must hold a letter or a digit').waitFor();
    await page.getByText('100 % would leave no budget').waitFor();
    expect(await page.evaluate<string>('document.activeElement.name')).toBe('name');
    // One wrong field hides no other.
    await page.getByLabel('Length').fill('banana');
    await page.getByRole('radio', { name: /^Prometheus/ }).check();
    await page.getByRole('button', { name: 'Create objective' }).click();
    await page.getByText(/^must be a length/).waitFor();
    await page.getByText('must select the valid events').waitFor();
    await page.getByRole('radio', { name: /^Pushed counts/ }).check();
    await page.getByLabel('Length').fill('30d');

    await page.getByLabel('Name', { exact: true }).fill('Receipts sent');
    await page.getByLabel('Service', { exact: true }).selectOption('checkout');
    await page.getByRole('radio', { name: /^Completion/ }).check();
    await page.getByLabel('Target').fill('99');
    await page.getByRole('button', { name: 'Create objective' }).click();
    await page.waitForURL('**/objectives/receipts-sent');
    await page.getByText('waiting for the first event…').waitFor();

    // 20 of 1,000 failed where 10 may: the counts stand in the explanation.
    await push(page, 'receipts-sent');
    await page.getByRole('button', { name: 'explain budget left' }).click();
    const panel = page.getByRole('region', { name: 'Explain this number' });
    await panel.getByText('1 − bad ÷').waitFor();
    expect(await panel.getByText('1,000', { exact: true }).count()).toBe(1);
    expect(page.url()).toContain('explain=');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });

    // What a URL says wrong is as if it said nothing.
    await page.goto('/objectives/receipts-sent?range=99&tab=wat');
    await page.getByRole('row', { name: / budget/ }).waitFor();

    await page.getByRole('tab', { name: 'Corrections' }).click();
    await page.getByLabel('Why').fill('The mail server was being moved.');
    await page.getByLabel('From').fill(local(Date.now() - 30 * MINUTE_MS));
    await page.getByLabel('Until').fill(local(Date.now()));
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page
      .getByRole('row', { name: /^As counted/ })
      .getByRole('button')
      .first()
      .click();
    await page.getByRole('region', { name: 'Explain this number' }).getByText('20', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('The mail server was being moved.').waitFor();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('withdrawn', { exact: true }).waitFor();

    await edit(page);

    await page.goto('/objectives/checkout-availability?tab=backtest');
    await page.getByRole('row', { name: /^Governing/ }).waitFor();
    await page.getByLabel('Target').fill('99.99');
    await page.getByRole('row', { name: /^Tried/ }).waitFor();
    await page
      .getByRole('row', { name: /^Tried/ })
      .locator('summary', { hasText: 'explain share of good events' })
      .click();
    await page.locator('details.why[open]').getByText('good ÷ valid').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Alerts', { exact: true }).selectOption('own');
    await page.getByRole('button', { name: 'Remove pair 4' }).click();
    await page.getByRole('group', { name: 'Pair 1' }).getByLabel('More than').fill('20');
    await page.getByText('2.78 % of the budget in 1h').waitFor();
    await page.getByRole('link', { name: 'Use these terms' }).click();
    await page.waitForURL((url) => url.pathname === '/objectives/checkout-availability/edit');
    expect(await page.getByLabel('Target').inputValue()).toBe('99.99');
    await page.getByText('not set → critical 1h/5m 20×, warning 6h/30m 6×, ticket 1d/2h 3×').waitFor();

    await page.goto('/objectives/nines');
    await page.getByRole('textbox', { name: /^Target/ }).fill('99.5');
    await page.getByText('3.6 h').first().waitFor();
    await page.getByText('of full outage of 30 d').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 60_000);

  it('tell each group of one apart, down to its counts', async () => {
    const { page, errors, context } = await enter({ viewport: PHONE, colorScheme: 'dark' });
    await page.goto('/objectives');
    const definition = {
      service: 'checkout',
      target: 0.99,
      indicator: { kind: 'counts', groupBy: ['tenant'] },
      alerting: { groups: 'any' },
    };
    expect((await send(page, 'put', 'by-tenant', definition)).status()).toBeLessThan(300);
    for (const tenant of ['a~1', 'b']) await push(page, 'by-tenant', { tenant });
    await page.goto('/objectives/by-tenant');
    await page.getByText('Each is alerted on for itself.').waitFor();
    await page.getByRole('button', { name: 'explain the budget left of this group' }).first().click();
    const panel = page.getByRole('region', { name: 'Explain this number' });
    await panel.getByText('tenant=').waitFor();
    expect(await panel.getByText('1,000', { exact: true }).count()).toBe(1);
    expect(errors).toEqual([]);
    await context.close();
  }, 60_000);

  it.each([
    ['light', 'desktop', DESKTOP],
    ['dark', 'phone', PHONE],
  ] as const)(
    'show nothing that axe finds and fit the window, %s, %s',
    async (colorScheme, _name, viewport) => {
      const { page, errors, context } = await enter({ viewport, colorScheme });
      const findings: string[] = [];
      for (const [route, sign] of SCREENS) {
        await page.goto(route);
        await page.getByText(sign).locator('visible=true').first().waitFor();
        await page.locator('.skel, [aria-busy="true"]').first().waitFor({ state: 'detached' });
        findings.push(...(await axeFindings(page)).map((finding) => `${route} ${finding}`));
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over > 0) findings.push(`${route} is ${over} px wider than the window`);
      }
      expect(findings).toEqual([]);
      expect(errors).toEqual([]);
      await context.close();
    },
    90_000,
  );
});

/** Each screen, and a text that stands there once it is read. */
const SCREENS: readonly (readonly [route: string, sign: string])[] = [
  ['/objectives?explain=checkout-availability~burn.3600s', 'Explain this number'],
  ['/objectives/new', 'How it begins'],
  ['/objectives/checkout-availability/edit?target=99.5', 'Judges from the next evaluation on'],
  ['/objectives?by=owner', 'Payments'],
  ['/objectives/policy', 'Whom it governs'],
  ['/objectives/policy?edit=yes', 'A save is a new version'],
  ['/objectives/nines', 'From minutes to a target'],
  ['/objectives/checkout-availability?explain=checkout-availability~budget.remaining', 'The same in PromQL'],
  ['/objectives/checkout-availability?tab=backtest', 'Alerts it would have raised'],
  ['/objectives/checkout-availability?tab=corrections', 'Add a correction'],
  ['/objectives/checkout-availability?tab=versions', 'The first version.'],
  ['/objectives/checkout-availability?tab=definition', 'Keep it in a repository.'],
];

/** Another name is at once, another target from the next evaluation on: each is told before it is saved. */
async function edit(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  const meaning = page.getByRole('region', { name: 'What this edit means' });
  await meaning.getByText('Nothing differs yet.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Receipts delivered');
  await meaning.getByText('Takes effect at once.').waitFor();
  await page.getByLabel('Target').fill('98');
  await meaning.getByText('Judges from the next evaluation on').waitFor();
  expect(await meaning.getByText('0.99 → 0.98').count()).toBe(1);
  await page.getByRole('button', { name: 'Save version 2' }).click();
  await page.waitForURL('**/objectives/receipts-sent');
  await page.getByRole('heading', { level: 1, name: 'Receipts delivered' }).waitFor();
  await page.getByText('98 %').first().waitFor();
}

async function push(page: Page, slug: string, group?: Record<string, string>): Promise<void> {
  const start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const buckets = Array.from({ length: 10 }, (_, at) => ({
    at: new Date(start - (at + 1) * MINUTE_MS).toISOString(),
    seconds: 60,
    good: at === 0 ? 80 : 100,
    valid: 100,
    group,
  }));
  expect((await send(page, 'post', `${slug}/counts`, { buckets })).status()).toBe(202);
}

async function send(page: Page, method: 'post' | 'put', under: string, data: object): Promise<APIResponse> {
  const token = (await page.context().cookies()).find(({ name }) => name === 'nines_csrf')?.value ?? '';
  return page.request[method](`/api/v1/objectives/${under}`, { headers: { 'x-csrf-token': token }, data });
}

/** A moment as a field of local time holds it. */
function local(at: number): string {
  const day = new Date(at);
  return new Date(at - day.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
