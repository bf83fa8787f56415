/** The pages as people use them, in a real browser against the real program. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
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
  type Tab,
} from './browser.ts';
import { changed, driveOf, type Household, PATIENCE_MS, startHousehold } from './household.ts';

const DAY_MS = 86_400_000;

describeInBrowser('the pages', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  async function signedIn(
    size: Size,
    role: 'admin' | 'viewer' = 'admin',
    vehicles: '*' | readonly string[] = '*',
    more = {},
  ): Promise<Tab> {
    const tab = await openTab(browser, size, more);
    await home.signIn(tab.page, role, vehicles);
    return tab;
  }

  test(
    'say how to sign in to somebody of whom nothing is known',
    async () => {
      const { page, faults, context } = await openTab(browser, 'phone');
      await page.goto(home.url);
      await page.getByText('npx fleet signin').waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'lead from nothing to the first event: a vehicle, a device, its key, and it is seen',
    async () => {
      const empty = await startHousehold();
      const { page, faults, context } = await openTab(browser, 'phone');
      await empty.signIn(page, 'admin', '*');
      await page.getByRole('link', { name: 'Add a vehicle' }).click();
      await page.getByLabel('Short name').fill('golf');
      await page.getByLabel('Name for people').fill('Old Golf');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Add a device for Old Golf' }).click();
      await page.getByLabel('What is it?').fill('dongle');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Add a device' }).click();
      await page.getByRole('heading', { name: 'Key of dongle' }).waitFor();
      const key = (await page.getByRole('dialog').locator('pre').first().textContent()) ?? undefined;
      await page.screenshot({ path: `${SHOTS}/key-phone.png` });
      await page.getByRole('button', { name: 'Close' }).click();
      await empty.send([{ vehicle_id: 'golf', ts: new Date().toISOString(), speed_kph: 42, lat: 49.5, lon: 8.6 }], key);
      await page.getByRole('link', { name: 'Live' }).click();
      await page.getByRole('button', { name: /Old Golf.*online/ }).waitFor();
      expect(faults).toEqual([]);
      await context.close();
      await empty.end();
    },
    PATIENCE_MS,
  );

  test(
    'show a replayed drive move, and come back by themselves after the server was away',
    async () => {
      const { page, faults, context } = await signedIn('desk', 'viewer', ['polo']);
      const begin = Date.now() - 60_000;
      const drive = driveOf('polo', 10, begin)
        .slice(140, 200)
        .map((event, index) => ({ ...event, ts: new Date(begin + index * 1_000).toISOString() }));
      await home.send(drive.slice(0, 20));
      const marker = page.locator('[data-vehicle=polo]');
      await marker.waitFor();
      const before = await marker.boundingBox();
      await home.send(drive.slice(20, 40));
      await changed(async () => JSON.stringify(await marker.boundingBox()), JSON.stringify(before));
      await home.server.end('SIGTERM');
      await page.getByText('The connection is gone').waitFor();
      await home.server.start();
      await page.getByText('The connection is gone').waitFor({ state: 'hidden' });
      const held = await marker.boundingBox();
      await home.send(drive.slice(40));
      await changed(async () => JSON.stringify(await marker.boundingBox()), JSON.stringify(held));
      await page.getByRole('button', { name: /^polo/ }).first().click();
      await page.getByText('Engine speed').waitFor();
      await page.screenshot({ path: `${SHOTS}/live-desk.png` });
      await page.getByRole('link', { name: 'Open this trip' }).click();
      await page.getByRole('heading', { name: 'Curves' }).waitFor();
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test.each(Object.keys(SIZES) as Size[])(
    'open a trip whose one cursor moves on slider, curve and map (%s)',
    async (size) => {
      await home.send(driveOf('tour', 10, Date.parse('2026-05-04T08:00:00Z')));
      const { page, faults, context } = await signedIn(size);
      await page.goto(`${home.url}/trips?vehicle=tour`);
      await page.locator('.trip-row a').first().click();
      const slider = page.getByRole('slider', { name: 'Time within the trip' });
      const said = () => slider.getAttribute('aria-valuetext');
      await slider.focus();
      const first = await said();
      await page.keyboard.press('PageUp');
      const bySlider = await changed(said, first);
      const marker = page.locator('.cursor-marker');
      await marker.waitFor();
      const place = await marker.boundingBox();
      const plot = page.locator('.plot .u-over').first();
      await plot.scrollIntoViewIfNeeded();
      const { width } = (await plot.boundingBox()) ?? { width: 0 };
      if (size === 'phone') await plot.tap({ position: { x: width * 0.8, y: 40 } });
      else await plot.hover({ position: { x: width * 0.8, y: 40 } });
      const byCurve = await changed(said, bySlider);
      await changed(async () => (await marker.boundingBox())?.y, place?.y);
      await hoverTrack(page, byCurve, said);
      await page.waitForURL(/[?&]at=/);
      await page.screenshot({ path: `${SHOTS}/trip-${size}.png` });
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'name a trip, delete it and bring it back',
    async () => {
      await home.send(driveOf('undo', 2, Date.parse('2026-05-05T08:00:00Z')));
      const { page, context } = await signedIn('phone');
      await page.goto(`${home.url}/trips?vehicle=undo`);
      await page.locator('.trip-row a').click();
      await page.getByRole('button', { name: 'Name and note' }).click();
      await page.getByLabel('Name', { exact: true }).fill('To the lake');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'To the lake' }).waitFor();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('heading', { name: 'To the lake' }).waitFor();
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'show a viewer only its vehicle',
    async () => {
      await home.send([
        ...driveOf('mine', 3, Date.parse('2026-05-06T08:00:00Z')),
        ...driveOf('theirs', 3, Date.parse('2026-05-06T09:00:00Z')),
      ]);
      const { page, context } = await signedIn('phone', 'viewer', ['mine']);
      await page.getByRole('link', { name: 'Trips' }).click();
      await page.locator('.trip-row').first().waitFor();
      expect(await page.locator('.trip-row').allInnerTexts()).toEqual([expect.stringContaining('mine')]);
      const choices = page.getByLabel('Vehicle').locator('option');
      await choices.nth(1).waitFor({ state: 'attached' });
      expect(await choices.allInnerTexts()).toEqual(['All vehicles', 'mine']);
      expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
        'Live',
        'Trips',
        'Settings',
      ]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'show whoever has a link to a trip that trip, and nothing else',
    async () => {
      await home.send(driveOf('shared', 3, Date.parse('2026-05-07T08:00:00Z')));
      const { trips } = await home.ask<{ trips: { trip_id: string }[] }>('/v1/trips?vehicle=shared');
      const { url } = await home.ask<{ url: string }>('/v1/shares', { vehicle: 'shared', trip_id: trips[0]?.trip_id });
      const { page, faults, context } = await openTab(browser, 'phone');
      await page.goto(home.url + new URL(url).pathname + new URL(url).search);
      await page.getByRole('heading', { name: 'Curves' }).waitFor();
      expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
      expect(await page.getByRole('navigation').count()).toBe(0);
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test.each([
    ['phone', 'light'],
    ['phone', 'dark'],
    ['desk', 'light'],
    ['desk', 'dark'],
  ] as const)(
    'keep nobody out and fit the window (%s, %s)',
    async (size, colorScheme) => {
      await home.send(driveOf('golf', 6, Date.now() - 2 * DAY_MS));
      const { page, faults, context } = await signedIn(size, 'admin', '*', { colorScheme });
      const { trips } = await home.ask<{ trips: { trip_id: string }[] }>('/v1/trips?vehicle=golf');
      const places = {
        live: '/',
        car: '/?vehicle=golf',
        trips: '/trips',
        trip: `/trips/${trips.at(-1)?.trip_id}`,
        vehicles: '/vehicles',
        people: '/people',
        settings: '/settings',
        system: '/system',
      };
      for (const [name, path] of Object.entries(places)) {
        await page.goto(home.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        if (['live', 'car', 'trip'].includes(name)) await page.locator('.maplibregl-canvas').waitFor();
        await page.screenshot({ path: `${SHOTS}/${name}-${size}-${colorScheme}.png`, fullPage: name !== 'trip' });
        expect([name, await barriers(page)]).toEqual([name, []]);
        expect([name, await scrollsSideways(page)]).toEqual([name, false]);
        expect([name, await smallTargets(page)]).toEqual([name, []]);
      }
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );
});

/** Moves the pointer over the map until it meets the track. */
async function hoverTrack(page: Page, before: string | null, said: () => Promise<string | null>): Promise<void> {
  const map = page.locator('.trip-map canvas');
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await map.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  for (let step = 1; step < 20; step++) {
    for (const share of [0.3, 0.5, 0.7]) {
      await page.mouse.move(x + width * share, y + (height * step) / 20);
      await page.mouse.click(x + width * share, y + (height * step) / 20);
      if ((await said()) !== before) return;
    }
  }
  throw new Error('the pointer met no track');
}
