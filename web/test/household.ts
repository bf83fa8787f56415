/** A server with two cars, for tests in a browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetProcess, readDrives } from '@fleet/testkit';
import type { Page } from 'playwright-core';

const ADMIN = 'admin-token-of-the-tests';
const KEY = 'api-key-of-the-tests';

/** A test in a browser may take so long, milliseconds. */
export const PATIENCE_MS = 120_000;

export interface Household {
  readonly server: FleetProcess;
  readonly url: string;
  /** Posts events; fails unless all are taken. */
  send(events: readonly object[], key?: string): Promise<void>;
  /** Asks as admin; with a body it is a POST, if nothing else is said. */
  ask<T>(path: string, body?: object, method?: string): Promise<T>;
  /** Signs a page in as a new person, of whom the name is given back. */
  signIn(page: Page, role: 'admin' | 'viewer', vehicles: '*' | readonly string[]): Promise<string>;
  end(): Promise<void>;
}

/** Starts a server; nothing is in it yet. */
export async function startHousehold(): Promise<Household> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-web-'));
  const server = await FleetProcess.create({
    DATA_DIR: join(folder, 'data'),
    ADMIN_TOKEN: ADMIN,
    API_KEY: KEY,
    TRIP_IDLE_TIMEOUT: '100s',
    INGEST_MAX_AGE: 'off',
    MAP_STYLE_URL: 'off',
  });
  await server.start();
  const { url } = server;
  let people = 0;

  async function ask<T>(path: string, body?: object, method?: string, key = ADMIN): Promise<T> {
    const response = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    server,
    url,
    ask: (path, body, method) => ask(path, body, method),
    async send(events, key = KEY) {
      const report = await ask<{ rejected_count: number }>('/v1/ingest', [...events], 'POST', key);
      if (report.rejected_count > 0) throw new Error(JSON.stringify(report));
    },
    async signIn(page, role, vehicles) {
      const name = `person ${++people}`;
      const { signin_url } = await ask<{ signin_url: string }>('/v1/people', { name, role, vehicles });
      await page.goto(url + new URL(signin_url).pathname + new URL(signin_url).search);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${url}/`);
      return name;
    },
    async end() {
      await server.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A recorded drive as another vehicle's, its first event at this time. */
export function driveOf(vehicle_id: string, number: number, begin: number): readonly { readonly ts: string }[] {
  const { events } = readDrives()[number - 1] ?? { events: [] };
  const shift = begin - Date.parse(events[0]?.ts ?? '');
  return events.map((event) => ({ ...event, vehicle_id, ts: new Date(Date.parse(event.ts) + shift).toISOString() }));
}

/** Something else than before, within a while. */
export async function changed<T>(read: () => Promise<T>, before: T): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const now = await read();
    if (now !== before && now !== undefined) return now;
    if (Date.now() > deadline) throw new Error(`still ${String(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
