/** What is taken in after all, taken back, and taken away: dead letters, keys and rights, files, lines to copy. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { barriers, describeInBrowser, launch, openTab, SHOTS, scrollsSideways, smallTargets } from './browser.ts';
import { changed, driveOf, type Household, PATIENCE_MS, startHousehold } from './household.ts';

/** A name that only this browser knows: unlike `localhost` it is no secure place to browsers, like most homes. */
const AT_HOME = 'fleet.home.test';

/** A page that nobody sees keeps the live stream so long, milliseconds. */
const LETS_GO_MS = 10_000;

interface DeviceWithKey {
  readonly key: string;
  readonly device: { readonly id: string };
}

describeInBrowser('the pages', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch([`--host-resolver-rules=MAP ${AT_HOME} 127.0.0.1`])]);
    await home.ask('/v1/vehicles/golf', {}, 'PUT');
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  const event = (more: object) => ({ vehicle_id: 'golf', ts: new Date().toISOString(), lat: 49.5, lon: 8.6, ...more });

  /** The status that a post with this key is answered with. */
  async function statusOf(key: string): Promise<number> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${home.url}/v1/ingest`, {
      method: 'POST',
      headers,
      body: JSON.stringify(event({ speed_kph: 50 })),
    });
    return response.status;
  }

  /** A phone tells of a place that can't be. */
  async function sendNonsense(path: string): Promise<void> {
    const tst = Math.floor(Date.now() / 1_000);
    const response = await fetch(home.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ _type: 'location', tid: 'ph', lat: 949.5, lon: 8.6, vel: 61, tst }),
    });
    expect(response.status).toBe(200);
  }

  test(
    'let a dead letter be read, mended and sent again, and another one be deleted',
    async () => {
      const { setup } = await home.ask<{ setup: { url: string } }>('/v1/devices', {
        name: 'jane-phone',
        vehicles: ['jane'],
        app: 'owntracks',
      });
      const path = new URL(setup.url).pathname + new URL(setup.url).search;
      await sendNonsense(path);
      const { page, faults, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'admin', '*');
      await page.goto(`${home.url}/system`);
      const letter = page.locator('.letter');
      await letter.getByText('jane-phone').waitFor();
      await letter.getByText(/lat/).first().waitFor();
      await page.screenshot({ path: `${SHOTS}/letter-phone.png`, fullPage: true });
      expect([await barriers(page), await scrollsSideways(page), await smallTargets(page)]).toEqual([[], false, []]);

      const text = letter.getByLabel('Event as JSON');
      const sent = await text.inputValue();
      await text.fill(sent.slice(0, -1));
      await letter.getByRole('button', { name: 'Send again' }).click();
      await letter.getByText('This is not JSON').waitFor();
      await text.fill(sent);
      await letter.getByRole('button', { name: 'Send again' }).click();
      await letter.getByText('That did not work').waitFor();
      await text.fill(sent.replace('949.5', '49.5'));
      await letter.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('Taken.').waitFor();
      await page.getByText('None. Everything that came in was taken').waitFor();
      const { trips } = await home.ask<{ trips: object[] }>('/v1/trips?vehicle=jane');
      expect(trips).toEqual([expect.objectContaining({ event_count: 1, max_speed_kph: 61 })]);

      await sendNonsense(path);
      await page.reload();
      await letter.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('None. Everything that came in was taken').waitFor();
      expect(await home.ask('/v1/dead-letters')).toMatchObject({ dead_letters: [] });
      expect(faults).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'end a key that is old, and a device: neither can send from then on',
    async () => {
      const { device, key } = await home.ask<DeviceWithKey>('/v1/devices', { name: 'dongle', vehicles: ['golf'] });
      await home.ask(`/v1/devices/${device.id}/rotate`, {});
      expect(await statusOf(key)).toBe(200);
      const { page, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'admin', '*');
      await page.goto(`${home.url}/vehicles`);
      const row = page.locator('.row').filter({ hasText: 'dongle' });
      await row.getByText('old and new key are both valid').waitFor();
      await row.getByRole('button', { name: 'End the old key' }).click();
      await row.getByText('old and new key are both valid').waitFor({ state: 'detached' });
      expect(await statusOf(key)).toBe(401);
      await row.getByRole('button', { name: 'New key' }).click();
      const newest = (await page.locator('.dialog pre').first().textContent()) ?? '';
      await page.getByRole('button', { name: 'Done' }).click();
      expect(await statusOf(newest)).toBe(200);

      await row.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      expect(await statusOf(newest)).toBe(200);
      await row.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('dongle is revoked').waitFor();
      await row.waitFor({ state: 'detached' });
      expect(await statusOf(newest)).toBe(401);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'remove a person, whose browser is signed out, and end a link',
    async () => {
      await home.send([event({ speed_kph: 50 })]);
      const viewer = await openTab(browser, 'phone');
      const name = await home.signIn(viewer.page, 'viewer', ['golf']);
      await viewer.page.locator('[data-vehicle=golf]').waitFor();
      const { url } = await home.ask<{ url: string }>('/v1/shares', { vehicle: 'golf', label: 'for granny' });
      const shared = home.url + new URL(url).pathname + new URL(url).search;
      const guest = await openTab(browser, 'phone');
      await guest.page.goto(shared);
      await guest.page.locator('[data-vehicle=golf]').waitFor();

      const { page, context } = await openTab(browser, 'desk');
      await home.signIn(page, 'admin', '*');
      await page.goto(`${home.url}/people`);
      await page.locator('.row').filter({ hasText: name }).getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByText(`${name} is removed`).waitFor();
      await page.locator('.row').filter({ hasText: 'for granny' }).getByRole('button', { name: 'Revoke' }).click();
      await page.locator('.row').filter({ hasText: 'for granny' }).waitFor({ state: 'detached' });
      for (const { page: theirs } of [viewer, guest]) {
        await theirs.reload();
        await theirs.getByText('npx fleet signin').waitFor();
        expect(await theirs.locator('[data-vehicle]').count()).toBe(0);
        await theirs.context().close();
      }
      await context.close();
    },
    PATIENCE_MS,
  );

  /** The text of the file that a click on this name brings. */
  async function fileFrom(page: Page, name: string): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`\\.${name.toLowerCase()}$`));
    return readFileSync(await download.path(), 'utf8');
  }

  test(
    'give a trip away as files that hold it whole',
    async () => {
      const drive = driveOf('taken', 3, Date.parse('2026-05-09T08:00:00Z')) as readonly { ts: string; lat?: number }[];
      await home.send(drive);
      const placed = drive.filter(({ lat }) => lat !== undefined).length;
      const { page, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'viewer', ['taken']);
      await page.goto(`${home.url}/trips?vehicle=taken`);
      await page.locator('.trip-row a').click();

      const gpx = await fileFrom(page, 'GPX');
      const track = await page.evaluate((text) => {
        const xml = new DOMParser().parseFromString(text, 'application/xml');
        const points = [...xml.querySelectorAll('trk > trkseg > trkpt')];
        const isPlaced = points.every((point) => Math.abs(Number(point.getAttribute('lat'))) <= 90);
        return { root: xml.documentElement.tagName, points: points.length, isPlaced };
      }, gpx);
      expect(track).toEqual({ root: 'gpx', points: placed, isPlaced: true });

      const { type, geometry } = JSON.parse(await fileFrom(page, 'GEOJSON'));
      const lines: unknown[][] = geometry.type === 'MultiLineString' ? geometry.coordinates : [geometry.coordinates];
      expect(type).toBe('Feature');
      expect(lines.reduce((sum, line) => sum + line.length, 0)).toBe(placed);

      const [head = '', ...rows] = (await fileFrom(page, 'CSV')).trim().split(/\r?\n/);
      expect(head.split(',')).toEqual(expect.arrayContaining(['ts', 'lat', 'lon', 'speed_kph']));
      expect(rows.length).toBe(drive.length);
      const at = head.split(',').indexOf('ts');
      expect(rows.map((row) => Date.parse(row.split(',')[at] ?? ''))).toEqual(drive.map(({ ts }) => Date.parse(ts)));
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'copy a key where there is no https, as in most homes',
    async () => {
      const { page, context } = await openTab(browser, 'desk');
      const { signin_url } = await home.ask<{ signin_url: string }>('/v1/people', {
        name: 'homely',
        role: 'admin',
        vehicles: '*',
      });
      const url = new URL(home.url);
      url.hostname = AT_HOME;
      await page.goto(url.origin + new URL(signin_url).pathname + new URL(signin_url).search);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${url.origin}/`);
      expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
      await page.goto(`${url.origin}/vehicles`);
      const add = page.getByRole('button', { name: 'Add a device for golf' });
      await add.click();
      await page.getByLabel('What is it?').fill('board');
      await page.getByRole('dialog').getByRole('button', { name: 'Add a device' }).click();
      const key = (await page.locator('.dialog pre').first().textContent()) ?? '';
      await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      await page.getByRole('button', { name: 'Done' }).click();
      await add.click();
      await page.getByLabel('What is it?').press('ControlOrMeta+v');
      expect(await page.getByLabel('What is it?').inputValue()).toBe(key);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'let the live stream go while nobody sees them, and show what was missed when somebody does',
    async () => {
      await home.send([event({ speed_kph: 50, vehicle_id: 'hidden' })]);
      const { page, context } = await openTab(browser, 'phone');
      await home.signIn(page, 'viewer', ['hidden']);
      const marker = page.locator('[data-vehicle=hidden]');
      await marker.waitFor();
      const place = async () => JSON.stringify(await marker.boundingBox());
      const gone = page.waitForEvent('requestfailed', {
        predicate: (request) => request.url().endsWith('/v1/live'),
        timeout: LETS_GO_MS + PATIENCE_MS / 4,
      });
      await show(page, 'hidden');
      await gone;
      const before = await place();
      await home.send([event({ speed_kph: 50, vehicle_id: 'hidden', lat: 49.53 })]);
      await show(page, 'visible');
      await changed(place, before);
      await page.getByText('The connection is gone').waitFor({ state: 'hidden' });
      await context.close();
    },
    PATIENCE_MS,
  );
});

/** As another tab in front of it, or none. Without a screen browsers have no such thing, so the page is told. */
async function show(page: Page, state: 'visible' | 'hidden'): Promise<void> {
  await page.evaluate((visibilityState) => {
    Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
