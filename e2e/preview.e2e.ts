import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '#app/start.ts';
import { DAY_MS, floorTo, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { openMetricsText, type TextSeries } from '#testing/process/exposition.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { axeFindings, DESKTOP, launchBrowser, openWalker, PHONE, signIn, withFolder } from './browser.ts';

const ADMIN = { email: 'mara@example.test', password: 'correct horse battery' };
const KEY = 'nines_key_0123456789abcdef0123456789abcdef';
const STEP_MS = 30 * SECOND_MS;
const END = floorTo(instant(Date.now()), MINUTE_MS);
const FIRST = plus(END, -31 * DAY_MS);
const STEPS = (31 * DAY_MS) / STEP_MS;
/** Two outages, in steps from the first: twenty minutes of half of all, and nine hours of one in two hundred. */
const OUTAGES = [
  { from: 40_000, steps: 40, perStep: 150 },
  { from: 70_000, steps: 1_080, perStep: 1.5 },
] as const;
const REQUESTS = 300;

function history(): string {
  let failed = 0;
  const bad: { atS: number; value: number }[] = [];
  const good: { atS: number; value: number }[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const atS = (FIRST + step * STEP_MS) / SECOND_MS - 7;
    const outage = OUTAGES.find(({ from, steps }) => step >= from && step < from + steps);
    failed += outage?.perStep ?? 0;
    // There is no series of failures before the first of them.
    if (failed > 0) bad.push({ atS, value: Math.floor(failed) });
    good.push({ atS, value: REQUESTS * step - Math.floor(failed) });
  }
  const of = (code: string, points: TextSeries['points']): TextSeries => ({
    name: 'http_requests_total',
    labels: { job: 'checkout', instance: 'a:80', code },
    points,
  });
  return openMetricsText([of('200', good), of('500', bad)]);
}

describe('an objective on a Prometheus that has been running for a month', () => {
  let browser: Browser;
  let installation: Installation;
  let end: () => Promise<void>;
  let prometheus: PrometheusProcess;
  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: history(), blockDuration: '768h' });
    browser = await launchBrowser();
    const admin = { adminEmail: ADMIN.email, adminPassword: ADMIN.password, bootstrapApiKey: KEY };
    ({ installation, end } = await withFolder({ ...admin, evaluateEvery: '2s' }));
    await put('services/checkout', { name: 'Checkout', tier: 1, owner: 'Payments' });
    await put('sources/main', { name: 'Main', address: prometheus.url });
  });
  afterAll(async () => {
    await browser.close();
    await end();
    await prometheus.stop();
  });

  async function put(path: string, body: object): Promise<void> {
    const answer = await fetch(`${installation.url}/api/v1/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  it.each([
    ['desktop', 'light', DESKTOP],
    ['phone', 'dark', PHONE],
  ] as const)(
    'is seen over its past before it is made, and judged by it once it is, on a %s',
    async (name, colorScheme, viewport) => {
      const { page, errors, context } = await openWalker(browser, { baseURL: installation.url, viewport, colorScheme });
      await signIn(page, ADMIN);
      await page.goto('/objectives/new');
      await page.getByLabel('Name', { exact: true }).fill(`Checkout on a ${name}`);
      await page.getByRole('radio', { name: /^Prometheus/ }).check();
      await page.getByLabel('Counted by').selectOption('bad');
      await page.getByLabel('Valid events').fill('http_requests_total{job="checkout"}');
      await page.getByLabel('Bad events').fill('http_requests_total{job="checkout",code=~"5.."}');
      await page.getByLabel('Target').fill('99.9');

      const preview = page.getByRole('region', { name: 'Preview' });
      const failed = OUTAGES.reduce((sum, { steps, perStep }) => sum + steps * perStep, 0);
      await preview.getByText(`${failed.toLocaleString('en')} of`).waitFor({ timeout: 60_000 });
      // The long one spends as much, and so slowly that it is the month's business.
      await preview.getByText(/^1\s+page, 1\s+ticket$/).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);

      // What was achieved opens down to its counts and to the query for the same.
      await preview.locator('summary', { hasText: 'explain share of good events' }).click();
      const why = preview.locator('details.why[open]');
      await why.getByRole('definition').getByText(failed.toLocaleString('en'), { exact: true }).waitFor();
      await why.getByText(/^1 - .*increase\(http_requests_total/).waitFor();
      await page.keyboard.press('Escape');

      // A misspelt selector of errors does not pass for no errors.
      await page.getByLabel('Bad events').fill('http_requests_total{job="checkout",code="5xx"}');
      await preview.getByText('there is a metric http_requests_total, with other labels').waitFor({ timeout: 60_000 });
      await page.getByLabel('Bad events').fill('http_requests_total{job="checkout",code=~"5.."}');
      await preview.getByText(`${failed.toLocaleString('en')} of`).waitFor({ timeout: 60_000 });

      await preview.getByRole('button', { name: 'Take it' }).click();
      await preview.getByRole('button', { name: 'Taken' }).waitFor();
      await page.getByRole('button', { name: 'Create objective' }).click();
      await page.waitForURL(`**/objectives/checkout-on-a-${name}`);
      const spent = async () => {
        const answer = await fetch(`${installation.url}/api/v1/objectives/checkout-on-a-${name}`, {
          headers: { authorization: `Bearer ${KEY}` },
        });
        return ((await answer.json()) as { budget: { badCount: number } }).budget.badCount;
      };
      await expect.poll(spent, { timeout: 60_000, interval: 1_000 }).toBe(failed);
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.skel, [aria-busy="true"]').first().waitFor({ state: 'detached' });
      expect(errors).toEqual([]);
      await context.close();
    },
    180_000,
  );
});
