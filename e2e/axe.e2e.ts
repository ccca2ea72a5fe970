import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '#app/start.ts';
import { axeFindings, DESKTOP, launchBrowser, openWalker, PHONE, signIn, withFolder } from './browser.ts';

const ROUTES = [
  '/',
  '/alerts',
  '/incidents',
  '/declare',
  '/objectives',
  '/objectives/checkout-availability',
  '/on-call',
  '/services',
  '/changes',
  '/postmortems',
  '/actions',
  '/settings',
  '/more',
  '/status',
];

describe('axe', () => {
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

  it.each([
    ['light', 'desktop', DESKTOP],
    ['dark', 'desktop', DESKTOP],
    ['light', 'phone', PHONE],
    ['dark', 'phone', PHONE],
  ] as const)(
    'finds nothing on any route, %s, %s',
    async (colorScheme, _name, viewport) => {
      const login = installation.demo?.login;
      if (login === null || login === undefined) throw new Error('the demo gives no login');
      const { page, errors, context } = await openWalker(browser, { baseURL: installation.url, viewport, colorScheme });
      const findings: string[] = [];
      const look = async (where: string): Promise<void> => {
        await page.goto(where);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await page.locator('.skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' });
        findings.push(...(await axeFindings(page)).map((finding) => `${where} ${finding}`));
      };
      await look('/sign-in');
      await signIn(page, login);
      for (const route of ROUTES) await look(route);
      for (const list of ['/incidents', '/postmortems']) {
        await page.goto(list);
        const first = page.locator(`a[href^="${list}/"]`).first();
        await first.waitFor();
        const href = await first.getAttribute('href');
        await look(href ?? list);
      }
      expect(findings).toEqual([]);
      expect(errors).toEqual([]);
      await context.close();
    },
    180_000,
  );
});
