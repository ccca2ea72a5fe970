import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openWalker, signIn, withFolder } from './browser.ts';

const PAGED_WITHIN_MS = 150_000;

/** The loop as a person walks it in the demo: break the shop, take the page, declare, tell customers, roll back, close, read the postmortem. */
export async function walkTheLoop(browser: Browser, viewport: { width: number; height: number }): Promise<void> {
  const { installation, end } = await withFolder({ demo: 'true', evaluateEvery: '2s' });
  try {
    const login = installation.demo?.login;
    if (login === null || login === undefined) throw new Error('the demo gives no login');
    await installation.demo?.loaded;
    const { page, errors, context } = await openWalker(browser, { baseURL: installation.url, viewport });
    await signIn(page, login);

    await page.goto('/');
    await page.getByRole('button', { name: 'Simulate an outage' }).click();
    // Nobody reloads: the page comes in by itself.
    await page.getByText('Checkout availability burns too fast').first().waitFor({ timeout: PAGED_WITHIN_MS });
    await page.getByRole('link', { name: 'Open', exact: true }).first().click();
    await page.waitForURL('**/alerts/**');
    await visibleButton(page, 'Acknowledge').click();
    await page
      .getByText(/acknowledged/i)
      .first()
      .waitFor();

    await page.getByRole('link', { name: 'Declare' }).locator('visible=true').first().click();
    await page.getByRole('button', { name: 'Declare SEV2' }).click();
    await page.waitForURL('**/incidents/**');
    await visibleButton(page, 'Write update').click();
    await page.getByLabel('Words').fill('Card payments fail at checkout. We are rolling back.');
    await page.getByRole('button', { name: 'Publish to customers' }).click();
    await page.getByText('Card payments fail at checkout. We are rolling back.').first().waitFor();

    const room = page.url();
    await page.goto('/status');
    await page.getByText('Card payments fail at checkout. We are rolling back.').waitFor();
    await page.goto('/');
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('button', { name: 'Roll back' }).waitFor({ state: 'detached' });

    await page.goto(room);
    await choose(page, 'Mark mitigated');
    await page
      .getByText(/no longer affected|mitigated/i)
      .first()
      .waitFor();
    await choose(page, 'Resolve');
    await page.getByLabel('Why it is over already').fill('The rollback is proven.');
    await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.goto('/postmortems');
    await page.getByText('Checkout availability burns too fast').first().click();
    await page.waitForURL('**/postmortems/**');
    await page
      .getByText(/of the error budget/)
      .first()
      .waitFor();
    expect(errors).toEqual([]);
    await context.close();
  } finally {
    await end();
  }
}

function visibleButton(page: Page, name: string) {
  return page.getByRole('button', { name }).locator('visible=true').first();
}

/** A button where the screen has room for it, an entry of the menu where it has not. */
async function choose(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true }).locator('visible=true');
  await page.getByRole('button', { name: 'More' }).locator('visible=true').first().waitFor();
  if ((await button.count()) > 0) return button.first().click();
  await page.getByRole('button', { name: 'More' }).locator('visible=true').first().click();
  await page.getByRole('menuitem', { name }).click();
}
