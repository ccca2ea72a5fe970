import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import chromiumFromNpm from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Installation, startInstallation } from '#app/start.ts';
import { loadSettings } from '#platform/config.ts';
import { freePort } from '#testing/process/nines.ts';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** The system's Chromium where there is one, else the one npm brings. */
export async function launchBrowser(): Promise<Browser> {
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));
  return chromium.launch({
    executablePath: system ?? (await chromiumFromNpm.executablePath()),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page whose every error is kept: a walk ends with none. */
export interface Walker {
  context: BrowserContext;
  page: Page;
  errors: string[];
}

export async function openWalker(
  browser: Browser,
  options: { baseURL: string; viewport: { width: number; height: number }; colorScheme?: 'light' | 'dark' },
): Promise<Walker> {
  const context = await browser.newContext({ colorScheme: 'light', ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on(
    'response',
    (response) =>
      response.status() >= 400 && errors.push(`${response.status()} ${response.request().method()} ${response.url()} on ${page.url()}`),
  );
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !message.text().startsWith('Failed to load resource') &&
      errors.push(`${message.text()} (${page.url()})`),
  );
  page.on('pageerror', (error) => errors.push(`${error.message} (${page.url()})`));
  return { context, page, errors };
}

export async function signIn(page: Page, login: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(login.email);
  await page.getByLabel('Password').fill(login.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** What axe finds wrong on the page as it stands, in a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) =>
      `${violation.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`.replaceAll(/\s+/g, ' ').slice(0, 300),
    ),
  );
}

/** An installation of its own in this process, on a folder that goes away with it. */
export async function withFolder(settings: Record<string, string>): Promise<{ installation: Installation; end: () => Promise<void> }> {
  const data = mkdtempSync(path.join(tmpdir(), 'nines-e2e-'));
  const loaded = loadSettings({ port: String(await freePort()), data, logLevel: 'error', ...settings }, {});
  const installation = await startInstallation(loaded.settings, () => undefined);
  return {
    installation,
    end: async () => {
      await installation.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
