/** Names that nobody expects, in German and in miles, and a way by keyboard only. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import {
  barriers,
  describeInBrowser,
  launch,
  openTab,
  SHOTS,
  SIZES,
  type Size,
  scrollsSideways,
  smallTargets,
} from './browser.ts';
import { driveOf, type Household, PATIENCE_MS, startHousehold } from './household.ts';

const HOSTILE = `<img src=x onerror=alert(1)>"'&${'W'.repeat(60)}`;

describeInBrowser('the pages', () => {
  let home: Household;
  let browser: Browser;
  let trip = '';

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
    await home.send(driveOf('evil', 2, Date.now() - 3_600_000));
    await home.ask('/v1/vehicles/evil', { name: HOSTILE }, 'PUT');
    const { trips } = await home.ask<{ trips: { trip_id: string }[] }>('/v1/trips');
    trip = `/trips/${trips[0]?.trip_id}`;
    await home.ask(`/v1${trip}`, { name: HOSTILE, note: HOSTILE }, 'PATCH');
    await home.ask('/v1/devices', { name: 'D'.repeat(64), vehicles: ['evil'] });
    await home.ask('/v1/people', { name: 'P'.repeat(64), role: 'viewer', vehicles: ['evil'] });
    await home.ask('/v1/shares', { vehicle: 'evil', label: HOSTILE });
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  test.each(Object.keys(SIZES) as Size[])(
    'show hostile and endless names as they are, and keep their shape (%s)',
    async (size) => {
      const { page, faults, context } = await openTab(browser, size, { locale: 'de-DE' });
      await page.addInitScript(() => localStorage.setItem('fleet.preferences', '{"units":"imperial"}'));
      await home.signIn(page, 'admin', '*');
      for (const path of ['/', '/?vehicle=evil', '/trips', trip, '/vehicles', '/people']) {
        await page.goto(home.url + path);
        await page.getByText(HOSTILE).first().waitFor({ state: 'attached' });
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        await page.screenshot({ path: `${SHOTS}/hostile-${size}-${path.slice(1, 9).replace('/', '')}.png` });
        expect([path, await scrollsSideways(page)]).toEqual([path, false]);
        expect([path, await barriers(page)]).toEqual([path, []]);
        expect([path, await smallTargets(page)]).toEqual([path, []]);
      }
      expect(await page.locator('img[src=x]').count()).toBe(0);
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'go on at the top of the next page for whoever has only a keyboard',
    async () => {
      const { page, context } = await openTab(browser, 'desk');
      await home.signIn(page, 'viewer', ['evil']);
      await page.goto(`${home.url}/trips`);
      await page.locator('.trip-row a').focus();
      await page.keyboard.press('Enter');
      const slider = page.getByRole('slider', { name: 'Time within the trip' });
      await slider.waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      const before = await slider.getAttribute('aria-valuetext');
      for (let presses = 0; presses < 12 && !(await slider.evaluate((it) => it === document.activeElement)); presses++)
        await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowRight');
      expect(await slider.getAttribute('aria-valuetext')).not.toBe(before);
      await context.close();
    },
    PATIENCE_MS,
  );
});
