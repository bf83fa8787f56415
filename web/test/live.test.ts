/** The live page over time: curves, a network that goes and comes, and several people who look at once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, launch, openTab } from './browser.ts';
import { changed, type Household, PATIENCE_MS, startHousehold } from './household.ts';

describeInBrowser('the live page', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  const send = (vehicle_id: string, lat: number, ts = Date.now()) =>
    home.send([{ vehicle_id, ts: new Date(ts).toISOString(), lat, lon: 8.6, speed_kph: 50 + lat, rpm: 2_000 }]);
  const placeOf = (page: Page, vehicle: string) => async () =>
    JSON.stringify(await page.locator(`[data-vehicle=${vehicle}]`).boundingBox());

  test(
    'has curves of the last minutes at once',
    async () => {
      for (let minute = 12; minute >= 0; minute--) await send('curvy', 49 + minute / 100, Date.now() - minute * 60_000);
      const { page, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'viewer', ['curvy']);
      await page.goto(`${home.url}/?vehicle=curvy`);
      const path = page.locator('.gauge', { hasText: 'Speed' }).locator('path').first();
      await expect(changed(async () => (await path.getAttribute('d'))?.split('L').length, 1)).resolves.toBeGreaterThan(
        8,
      );
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'follows a vehicle until the map is moved by hand, and again when it is asked to',
    async () => {
      await send('followed', 49);
      const { page, context } = await openTab(browser, 'desk');
      await home.signIn(page, 'viewer', ['followed']);
      await page.goto(`${home.url}/?vehicle=followed`);
      const marker = page.locator('[data-vehicle=followed]');
      const isCentred = async () => {
        const [car, map] = [await marker.boundingBox(), await page.locator('.live-map canvas').boundingBox()];
        const middle = (box: typeof car) => (box?.x ?? 0) + (box?.width ?? 0) / 2;
        return Math.abs(middle(car) - middle(map)) < 30;
      };
      await marker.waitFor();
      await changed(isCentred, false);
      await page.mouse.move(700, 300);
      await page.mouse.down();
      await page.mouse.move(850, 400, { steps: 5 });
      await page.mouse.up();
      const follow = page.getByRole('button', { name: 'Follow', exact: true });
      await follow.waitFor();
      const before = await placeOf(page, 'followed')();
      await send('followed', 49.001);
      await changed(placeOf(page, 'followed'), before);
      expect(await isCentred()).toBe(false);
      await follow.click();
      await changed(isCentred, false);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'says when the network is gone, and goes on by itself when it is back',
    async () => {
      await send('roamer', 49);
      const { page, faults, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'viewer', ['roamer']);
      const place = placeOf(page, 'roamer');
      await page.locator('[data-vehicle=roamer]').waitFor();
      await context.setOffline(true);
      await page.getByText('The connection is gone').waitFor();
      const before = await place();
      await send('roamer', 49.01);
      await context.setOffline(false);
      await page.getByText('The connection is gone').waitFor({ state: 'hidden' });
      await changed(place, before);
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'shows an admin in two tabs, a viewer and a guest at once what each may see',
    async () => {
      await send('mine', 49);
      await send('theirs', 48);
      const admin = await openTab(browser, 'desk');
      await home.signIn(admin.page, 'admin', '*');
      const second = await admin.context.newPage();
      await second.goto(`${home.url}/`);
      const viewer = await openTab(browser, 'phone');
      await home.signIn(viewer.page, 'viewer', ['mine']);
      const guest = await openTab(browser, 'phone');
      const { url } = await home.ask<{ url: string }>('/v1/shares', { vehicle: 'mine' });
      await guest.page.goto(home.url + new URL(url).pathname + new URL(url).search);
      const pages = [admin.page, second, viewer.page, guest.page];
      const before = await Promise.all(
        pages.map(async (page) => {
          await page.locator('[data-vehicle=mine]').waitFor();
          return placeOf(page, 'mine')();
        }),
      );
      await send('mine', 49.02);
      await Promise.all(pages.map((page, index) => changed(placeOf(page, 'mine'), before[index])));
      for (const page of [admin.page, second]) await page.locator('[data-vehicle=theirs]').waitFor();
      const theirs = await Promise.all(pages.map((page) => page.locator('[data-vehicle=theirs]').count()));
      expect(theirs).toEqual([1, 1, 0, 0]);
      for (const { context, faults } of [admin, viewer, guest]) {
        expect(faults).toEqual([]);
        await context.close();
      }
    },
    PATIENCE_MS,
  );
});
