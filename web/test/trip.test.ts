/** What a trip page does with long drives and with closer looks, and how dialogs are left. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, launch, openTab } from './browser.ts';
import { type Household, PATIENCE_MS, startHousehold } from './household.ts';

const BEGIN = Date.parse('2026-06-01T10:00:00Z');
/** More than curves are drawn of: the server leaves out what lies between extremes. */
const EVENTS = 24_000;
const HZ = 10;
/** Every so many seconds it brakes by 5 m/s² for three seconds, and then stands for 90 with the engine running. */
const LAP_S = 300;

/** Speed at a second of a lap, km/h. */
function speedAt(second: number): number {
  if (second < 150) return 90;
  return Math.max(0, second < 153 ? 90 - (second - 150) * 18 : second < 210 ? 36 - (second - 153) * 2 : 0);
}

/** Forty minutes. */
const DRIVE = Array.from({ length: EVENTS }, (_, index) => {
  const speed_kph = speedAt((index / HZ) % LAP_S);
  const ts = new Date(BEGIN + (index * 1_000) / HZ).toISOString();
  const [lat, lon] = [50 + index * 1e-5, 8];
  return { vehicle_id: 'racer', ts, lat, lon, speed_kph, rpm: 800 + speed_kph * 20, coolant_c: 90, altitude_m: 100 };
});

describeInBrowser('the trip page', () => {
  let home: Household;
  let browser: Browser;
  let address = '';

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
    for (let at = 0; at < EVENTS; at += 1_000) await home.send(DRIVE.slice(at, at + 1_000));
    const { trips } = await home.ask<{ trips: { trip_id: string }[] }>('/v1/trips?vehicle=racer');
    address = `${home.url}/trips/${trips[0]?.trip_id}`;
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  async function signedIn(path: string): Promise<Page> {
    const { page } = await openTab(browser, 'desk');
    await home.signIn(page, 'admin', '*');
    await page.goto(path);
    return page;
  }

  test(
    'finds every hard braking and all idling of a drive of which the curves leave something out',
    async () => {
      const page = await signedIn(address);
      await page.getByText('extremes are kept').waitFor();
      await page.locator('.moments li').first().waitFor();
      const moments = await page.locator('.moments li').allInnerTexts();
      const laps = EVENTS / HZ / LAP_S;
      expect(moments.filter((text) => text.includes('Hard braking'))).toHaveLength(laps);
      expect(moments.filter((text) => text.includes('Idling'))).toHaveLength(laps);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test(
    'keeps a closer look for curves that come later, and in the address',
    async () => {
      const page = await signedIn(address);
      const plot = page.locator('.plot .u-over').first();
      await plot.scrollIntoViewIfNeeded();
      const { x, y } = (await plot.boundingBox()) ?? { x: 0, y: 0 };
      await page.mouse.move(x + 60, y + 40);
      await page.mouse.down();
      await page.mouse.move(x + 160, y + 40, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/[?&]zoom=\d+/);
      const zoom = new URL(page.url()).searchParams.get('zoom');
      await page.getByRole('button', { name: 'Coolant' }).click();
      await page.waitForURL(/coolant_c/);
      await page.reload();
      await page.locator('.plot .u-over').nth(3).waitFor();
      expect(new URL(page.url()).searchParams.get('zoom')).toBe(zoom);
      await page.locator('.plot .u-over').first().dblclick();
      await page.waitForURL((url) => !url.searchParams.has('zoom'));
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test(
    'has dialogs that Back closes, and that a key shown once does not leave by a touch beside it',
    async () => {
      const page = await signedIn(`${home.url}/vehicles`);
      const add = page.getByRole('button', { name: 'Add a device for racer' });
      await add.click();
      await page.getByRole('dialog').waitFor();
      await page.goBack();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(page.url()).toBe(`${home.url}/vehicles`);
      await add.click();
      await page.getByLabel('What is it?').fill('dongle');
      await page.getByRole('dialog').getByRole('button', { name: 'Add a device' }).click();
      await page.getByRole('heading', { name: 'Key of dongle' }).waitFor();
      await page.mouse.click(5, 5);
      await page.keyboard.press('Escape');
      expect(await page.getByRole('heading', { name: 'Key of dongle' }).isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.context().close();
    },
    PATIENCE_MS,
  );

  test(
    'says that there is no page, or no trip, and leads back',
    async () => {
      const page = await signedIn(`${home.url}/nowhere`);
      await page.getByRole('heading', { name: 'There is no page at this address.' }).waitFor();
      await page.goto(`${home.url}/trips/00000000-0000-4000-8000-000000000000`);
      await page.getByText('It may have been deleted').waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Trips' }).click();
      await page.locator('.trip-row').first().waitFor();
      await page.context().close();
    },
    PATIENCE_MS,
  );
});
