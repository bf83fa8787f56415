/** How soon a car is seen on a phone, on the road, with everything to be loaded for the first time. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { describeInBrowser, launch, openTab } from './browser.ts';
import { type Household, PATIENCE_MS, startHousehold } from './household.ts';

/** Lighthouse's "slow 4G". Its slower processor is left out: machines that test are busy enough. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 209_715, uploadThroughput: 96_000 };
const MOST_MS = 2_000;
/** Whatever else the machine does only adds: the best of these counts. */
const TRIES = 4;

describeInBrowser('the first live car', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  /** From the start of the navigation until the car's speed is on the screen, milliseconds. */
  async function timeToCar(storageState: BrowserContextOptions['storageState'] & object): Promise<number> {
    // A car shows its speed only for a minute after its last event.
    await home.send([{ vehicle_id: 'golf', ts: new Date().toISOString(), lat: 49.5, lon: 8.6, speed_kph: 50 }]);
    const { page, context } = await openTab(browser, 'phone', { storageState });
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', SLOW_4G);
    await page.addInitScript(() => {
      new MutationObserver(() => {
        const isThere = document.querySelector('.vehicle-card .number') !== null;
        if (isThere) document.documentElement.dataset['seen'] ??= `${performance.now()}`;
      }).observe(document, { subtree: true, childList: true });
    });
    await page.goto(`${home.url}/`);
    await page.locator('html[data-seen]').waitFor();
    const time = Number(await page.locator('html').getAttribute('data-seen'));
    await context.close();
    return time;
  }

  test(
    'is there within two seconds',
    async () => {
      const { page, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'admin', '*');
      const state = await context.storageState();
      await context.close();
      const times: number[] = [];
      while (times.length < TRIES && Math.min(...times) > MOST_MS) times.push(await timeToCar(state));
      expect(Math.min(...times)).toBeLessThanOrEqual(MOST_MS);
    },
    PATIENCE_MS,
  );
});
