import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DESKTOP, launchBrowser, openWalker, PHONE, withFolder } from './browser.ts';

describe('the first run', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ])('creates the administrator and shows a checklist that ticks itself, on a %s', async (_name, viewport) => {
    const { installation, end } = await withFolder({});
    try {
      const { page, errors, context } = await openWalker(browser, { baseURL: installation.url, viewport });
      await page.goto('/');
      await page.getByLabel('Your name').fill('Mara Lindqvist');
      await page.getByLabel('E-mail').fill('mara@example.test');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByLabel('Organisation').fill('Tern Supply');
      await page.getByRole('button', { name: 'Create the administrator' }).click();
      await page.getByRole('button', { name: 'Start empty' }).click();
      await page.getByText('Name a service').waitFor();
      await page.getByRole('link', { name: 'Open Nines' }).click();
      await page.waitForURL((url) => url.pathname === '/');
      await page.getByText('Tern Supply').first().waitFor({ state: 'attached' });
      expect(errors).toEqual([]);
      // A second visitor finds a sign-in, not another first run.
      const other = await openWalker(browser, { baseURL: installation.url, viewport });
      await other.page.goto('/');
      await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
      await other.context.close();
      await context.close();
    } finally {
      await end();
    }
  });
});
