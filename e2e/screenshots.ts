// node bin/run.cjs e2e/screenshots.ts: takes the pictures of the README from a demo whose shop has just been broken.
import path from 'node:path';
import { DESKTOP, launchBrowser, openWalker, signIn, withFolder } from './browser.ts';

const IMAGES = path.resolve(import.meta.dirname, '../docs/images');
const { installation, end } = await withFolder({ demo: 'true' });
const browser = await launchBrowser();
try {
  await installation.demo?.loaded;
  const login = installation.demo?.login;
  if (login === null || login === undefined) throw new Error('the demo gives no login');
  const { page } = await openWalker(browser, { baseURL: installation.url, viewport: DESKTOP });
  await signIn(page, login);
  await page.goto('/');
  await page.getByRole('button', { name: 'Simulate an outage' }).click();
  await page.getByRole('button', { name: 'Acknowledge' }).first().waitFor({ timeout: 150_000 });
  await page.screenshot({ path: path.join(IMAGES, 'now.png') });
  await page.goto('/objectives/checkout-availability');
  await page.getByText('Burn windows').waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: path.join(IMAGES, 'objective.png') });
} finally {
  await browser.close();
  await end();
}
