/** The demo drive, on a server that has no event. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { barriers, describeInBrowser, launch, openTab, SHOTS, SIZES, type Size, scrollsSideways } from './browser.ts';
import { changed, type Household, PATIENCE_MS, startHousehold } from './household.ts';

describeInBrowser('the demo drive', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  test.each(Object.keys(SIZES) as Size[])(
    'moves on the live map and is a trip, without anything on the server (%s)',
    async (size) => {
      const { page, faults, context } = await openTab(browser, size);
      await home.signIn(page, 'admin', '*');
      await page.getByRole('link', { name: 'Watch the demo drive' }).click();
      const marker = page.locator('[data-vehicle=demo]');
      await marker.waitFor();
      const before = JSON.stringify(await marker.boundingBox());
      await changed(async () => JSON.stringify(await marker.boundingBox()), before);
      await page.getByRole('button', { name: /^Demo online/ }).click();
      await page.getByText('Engine speed').waitFor();
      await page.screenshot({ path: `${SHOTS}/demo-live-${size}.png` });
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('link', { name: 'See it as a trip' }).click();
      await page.getByRole('heading', { name: 'Omaha' }).waitFor();
      await page.getByRole('slider', { name: 'Time within the trip' }).waitFor();
      await page.screenshot({ path: `${SHOTS}/demo-trip-${size}.png`, fullPage: true });
      expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
      expect(await barriers(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect((await home.ask<{ vehicles: unknown[] }>('/v1/vehicles')).vehicles).toEqual([]);
      expect(faults).toEqual([]);
      await page.getByRole('link', { name: 'Leave' }).click();
      await page.getByRole('heading', { name: 'Connect your first car' }).waitFor();
      await context.close();
    },
    PATIENCE_MS,
  );
});
