/** Drives over a real Mosquitto that is killed again and again, to a server that is killed too: everything comes once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TelemetryEvent } from '@fleet/contract';
import {
  FleetProcess,
  integerBetween,
  Ledger,
  type Mosquitto,
  MqttDevice,
  type Random,
  readDrives,
  readEventsOf,
  readTrips,
  seededRandom,
} from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWithMosquitto, settingsFor, USERS } from './mosquitto.ts';
import { until } from './server.ts';

const ADMIN = 'an-admin-for-reading-back';
const BROKER_KILLS = 20;
const VEHICLES = ['golf', 'polo'] as const;

let folder: string;
let server: FleetProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

describeWithMosquitto(
  'Mosquitto and the server, killed at any time',
  (broker) => {
    test(`the broker ${BROKER_KILLS} times, the server with every third of them: what was sent is stored once`, async () => {
      const random = seededRandom(7);
      const settings = { DATA_DIR: folder, ADMIN_TOKEN: ADMIN, INGEST_MAX_AGE: 'off', LOG_LEVEL: 'warn' };
      server = await FleetProcess.create({ ...settings, ...settingsFor(broker()) });
      await server.start();
      const ledger = new Ledger();
      const drives = VEHICLES.map((vehicle, at) => ({ vehicle, events: driveOf(vehicle, at) }));
      const devices = drives.map(({ vehicle, events }) => {
        const options = { url: broker().url, user: vehicle, password: USERS[vehicle], vehicle, ledger };
        return { device: new MqttDevice(options), events };
      });
      try {
        const sent = Promise.all(devices.map(({ device, events }) => device.send(events, 150_000)));
        await killAll(random, broker(), ledger);
        expect(ledger.owed).toBeLessThan(drives.reduce((sum, { events }) => sum + events.length, 0));
        await sent;
      } finally {
        await Promise.all(devices.map(({ device }) => device.end()));
      }

      const target = { url: server.url, key: ADMIN };
      const stored = await readEventsOf(target, await readTrips(target));
      expect(ledger.faultsIn(stored)).toEqual([]);
      expect(stored).toHaveLength(drives.reduce((sum, { events }) => sum + events.length, 0));
      expect(devices.flatMap(({ device }) => device.rejected)).toEqual([]);
    }, 180_000);
  },
  { autosave_interval: '1' },
);

/** A quarter of the recorded drives as one trip of a vehicle that counts its events. */
function driveOf(vehicle: string, at: number): TelemetryEvent[] {
  const trip_id = `${'abcdef'[at]}aaaaaaa-0000-4000-8000-000000000000`;
  const events = readDrives()
    .filter((_, index) => index % 4 === at)
    .flatMap((drive) => drive.events);
  return events.map(({ vin: _vin, ...event }, index) => ({ ...event, vehicle_id: vehicle, trip_id, seq: index + 1 }));
}

/** Kills the broker, and now and then the server with it, each time some moments after events were flowing again. */
async function killAll(random: Random, broker: Mosquitto, ledger: Ledger): Promise<void> {
  for (let kills = 0; kills < BROKER_KILLS; kills++) {
    const before = ledger.owed;
    await until(
      () => ledger.owed,
      (owed) => owed > before,
      60_000,
    );
    await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 0, 300)));
    await Promise.all([again(broker), ...(kills % 3 === 0 ? [again(server)] : [])]);
  }
}

async function again(victim: Pick<Mosquitto, 'end' | 'start'> | FleetProcess): Promise<void> {
  await victim.end('SIGKILL');
  await victim.start();
}
