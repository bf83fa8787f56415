/** A real browser for tests: Chromium, as found on the PATH. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The sizes that pages are made for. */
export const SIZES = {
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

export type Size = keyof typeof SIZES;

/** Where pictures of pages are put, to be looked at. */
export const SHOTS = process.env['FLEET_SHOTS'] ?? mkdtempSync(join(tmpdir(), 'fleet-shots-'));

const PROGRAM = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'google-chrome'].map((name) => join(folder, name)))
  .find((file) => existsSync(file));

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Tests in a browser; without one they are skipped by name, or fail where `FLEET_REQUIRE_SERVERS=1`. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (PROGRAM !== undefined || process.env['FLEET_REQUIRE_SERVERS'] === '1') describe(name, tests);
  else describe(name, () => void test.skip('needs chromium on the PATH: apt-get install chromium', () => {}));
}

/** `more` are options of Chromium's own. */
export function launch(more: readonly string[] = []): Promise<Browser> {
  if (PROGRAM === undefined) throw new Error('there is no chromium on the PATH: apt-get install chromium');
  // Maps need WebGL, also where there is no graphics card; containers have no sandbox.
  const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
  return chromium.launch({ executablePath: PROGRAM, args: [...args, ...more] });
}

/** A page, and everything that went wrong in it. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, and what the content security policy refused. */
  readonly faults: readonly string[];
}

export async function openTab(browser: Browser, size: Size, more: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ ...SIZES[size], locale: 'en-IE', timezoneId: 'Europe/Berlin', ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`${error.stack}`));
  page.on('console', (message) => {
    if (/Content.Security.Policy|violates/i.test(message.text())) faults.push(message.text());
  });
  return { page, context, faults };
}

/** What axe finds that keeps people out: rule and place. */
export async function barriers(page: Page): Promise<string[]> {
  await atRest(page);
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as { violations: readonly Violation[] };
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Waits for what appears slowly, as dialogs do, and is pale until then; not for what goes on for ever. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Whether the page is wider than its window. */
export function scrollsSideways(page: Page): Promise<boolean> {
  // A phone's window grows with the page.
  return page.evaluate(() => document.documentElement.scrollWidth > Math.min(innerWidth, screen.width));
}

/** Buttons, links and fields in view that fingers miss: less than 44 px high or wide, except within text. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'main button, main select, main input:not([type=checkbox]), nav a, a.button',
      ),
    ]
      .filter((element) => element.closest('.maplibregl-ctrl-attrib') === null && element.checkVisibility())
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width < 43.5 || height < 43.5;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}
