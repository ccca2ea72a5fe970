import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { DESKTOP, launchBrowser, PHONE } from './browser.ts';
import { walkTheLoop } from './journey.ts';

const MINUTES = 60_000;

describe('the loop in the demo', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('goes from outage to postmortem on a desktop', () => walkTheLoop(browser, DESKTOP), 5 * MINUTES);
  it('goes from outage to postmortem on a phone', () => walkTheLoop(browser, PHONE), 5 * MINUTES);
});
