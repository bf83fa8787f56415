/** Connecting a device: what an app is told, and lines to copy that work as they are. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { barriers, describeInBrowser, launch, openTab, SHOTS, scrollsSideways, smallTargets } from './browser.ts';
import { type Household, PATIENCE_MS, startHousehold } from './household.ts';

/** Every app that the API takes. */
const APPS: readonly string[] = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
  .paths['/v1/devices'].post.requestBody.content['application/json'].schema.properties.app.enum;

describeInBrowser('connecting a device', () => {
  let home: Household;
  let browser: Browser;

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHousehold(), launch()]);
    await home.ask('/v1/vehicles/golf', {}, 'PUT');
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    await home?.end();
  });

  /** Adds a device by the dialog, in the language of the page. */
  async function add(page: Page, name: string, app: string): Promise<void> {
    await page.goto(`${home.url}/vehicles`);
    await page.getByRole('button', { name: /golf/ }).first().click();
    await page.locator('input[name=name]').fill(name);
    await page.locator('select[name=app]').selectOption(app);
    await page.locator('.dialog button[type=submit]').click();
    await page.locator('.dialog .qr-code').waitFor();
  }

  test(
    'is told for every app: its address, its steps and a code, also in German',
    async () => {
      const { page, faults, context } = await openTab(browser, 'phone', { locale: 'de-DE' });
      await home.signIn(page, 'admin', '*');
      for (const app of APPS) {
        const body = { name: app, vehicles: ['golf'], app };
        const { setup } = await home.ask<{ setup: { steps: string[]; url: string } }>('/v1/devices', body);
        await add(page, `mein ${app}`, app);
        const steps = await page.locator('.steps li').allInnerTexts();
        const address = await page.locator('.dialog pre').first().textContent();
        expect([app, steps.length]).toEqual([app, setup.steps.length]);
        expect([app, address?.replace(/[\w-]{32,}/, 'KEY')]).toEqual([app, setup.url.replace(/[\w-]{32,}/, 'KEY')]);
        expect([app, await barriers(page)]).toEqual([app, []]);
        expect([app, await scrollsSideways(page), await smallTargets(page)]).toEqual([app, false, []]);
        if (app === 'owntracks') await page.screenshot({ path: `${SHOTS}/app-phone-de.png` });
      }
      expect(faults).toEqual([]);
      await context.close();
    },
    2 * PATIENCE_MS,
  );

  test(
    'gives lines for a terminal that send, and again a code when its key is made anew',
    async () => {
      const { page, context } = await openTab(browser, 'desk');
      await home.signIn(page, 'admin', '*');
      await add(page, 'laptop', '');
      const [, curl = ''] = await page.locator('.dialog pre').allInnerTexts();
      const { trip_id } = JSON.parse(execFileSync('sh', ['-c', curl], { encoding: 'utf8' }));
      expect(trip_id).toMatch(/^[\da-f-]{36}$/);
      await page.screenshot({ path: `${SHOTS}/lines-desk.png`, fullPage: true });
      await add(page, 'telephone', 'overland');
      await page.getByRole('button', { name: 'Close' }).click();
      const row = page.locator('.row').filter({ hasText: 'telephone' });
      await row.getByText('Overland').waitFor();
      await row.getByRole('button', { name: 'New key' }).click();
      await page.getByRole('img', { name: 'QR code for Overland' }).waitFor();
      await context.close();
    },
    PATIENCE_MS,
  );
});
