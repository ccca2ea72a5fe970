import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '#app/start.ts';
import { axeFindings, DESKTOP, launchBrowser, openWalker, signIn, withFolder } from './browser.ts';

describe('what is deleted', () => {
  let browser: Browser;
  let installation: Installation;
  let end: () => Promise<void>;
  beforeAll(async () => {
    browser = await launchBrowser();
    ({ installation, end } = await withFolder({ demo: 'true' }));
    await installation.demo?.loaded;
  });
  afterAll(async () => {
    await browser.close();
    await end();
  });

  async function put(page: Page, path: string, data: object): Promise<number> {
    const token = (await page.context().cookies()).find(({ name }) => name === 'nines_csrf')?.value ?? '';
    return (await page.request.put(`/api/v1${path}`, { headers: { 'x-csrf-token': token }, data })).status();
  }

  it('is asked about first, and then gone: an objective from its page, a source when nobody relies on it', async () => {
    const login = installation.demo?.login;
    if (login === null || login === undefined) throw new Error('the demo gives no login');
    const { page, errors } = await openWalker(browser, { baseURL: installation.url, viewport: DESKTOP });
    await signIn(page, login);
    const indicator = { kind: 'prometheus', source: 'spare', valid: 'requests_total', bad: 'errors_total' };
    expect(await put(page, '/sources/spare', { name: 'Spare', address: 'http://127.0.0.1:9/' })).toBe(200);
    expect(await put(page, '/objectives/leaving', { service: 'checkout', name: 'Leaving', target: 0.99, indicator })).toBe(200);

    await page.goto('/settings?tab=sources');
    await page.getByRole('button', { name: 'Delete Spare' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('source spare cannot be deleted: leaving relies on it').waitFor();
    // The refusal is what was looked for.
    expect(errors.splice(0)).toEqual([expect.stringContaining('409 DELETE')]);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Keep it' }).click();

    await page.goto('/objectives/leaving');
    await page.getByRole('button', { name: 'Delete Leaving' }).click();
    await page.getByText('Nobody is paged by it any more').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.waitForURL('**/objectives');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('link', { name: 'Leaving' }).count()).toBe(0);

    await page.goto('/settings?tab=sources');
    await page.getByRole('button', { name: 'Delete Spare' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('Nowhere yet.').waitFor();
    expect(errors).toEqual([]);
  });
});
