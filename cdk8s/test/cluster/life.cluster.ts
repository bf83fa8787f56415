/** The life of an installation on a real cluster: nothing acknowledged is lost, whatever is done to it. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Drive,
  Ledger,
  MqttDevice,
  readDrives,
  readEventsOf,
  readTrips,
  sendAll,
  type Target,
  TRANSPORTS,
  until,
} from '@fleet/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { HELMS } from '../helm.ts';
import { hasCluster, Installation } from './cluster.ts';

const MINUTE = 60_000;
const DRIVES = readDrives();

/** Tries again for a while: a pod that goes away takes the connections with it that lead to it. */
function patiently<T>(work: () => Promise<T>): Promise<T> {
  return until(Date.now() + 2 * MINUTE, work);
}

/** A drive as a device sends it: with a trip of its own. */
function asTrip({ events }: Drive, vehicle: string) {
  const trip_id = crypto.randomUUID();
  return events.map(({ vin: _, ...event }, index) => ({ ...event, vehicle_id: vehicle, trip_id, seq: index + 1 }));
}

const DAYS = 365;
const DAY_MS = 86_400_000;
const RESTARTS = 'jsonpath={.status.containerStatuses[0].restartCount}';

/** The same events on a day of their own. */
function onDay<E extends { readonly ts: string }>(events: readonly E[], day: number): E[] {
  const recorded = Math.floor(Date.parse(events[0]?.ts ?? '') / DAY_MS);
  const shift = Date.UTC(2025, 0, 1 + day) - recorded * DAY_MS;
  return events.map((event) => ({ ...event, ts: new Date(Date.parse(event.ts) + shift).toISOString() }));
}

/** How many events each trip of the year has. */
async function yearOf(target: Target): Promise<number[]> {
  return (await readTrips(target)).filter(({ vehicle }) => vehicle === 'year').map(({ event_count }) => event_count);
}

const SETTINGS = ['api.settings.INGEST_MAX_AGE=off'];

(hasCluster ? describe : describe.skip).each(HELMS.filter(({ isThere }) => isThere))(
  'on a cluster, with $name (KUBECONFIG)',
  ({ name: helm }) => {
    const installation = new Installation(helm);
    const ledger = new Ledger();
    let admin: Target;

    beforeAll(async () => {
      await installation.createNamespace();
      await installation.deploy(...SETTINGS);
      admin = await installation.api();
    }, 10 * MINUTE);

    afterAll(() => installation.dispose(), 4 * MINUTE);

    const ask = (method: string, path: string, body?: object) =>
      patiently(() =>
        fetch(`${admin.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${admin.key}`, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        }),
      );

    const keyFor = async (vehicle: string) => {
      const response = await ask('POST', '/v1/devices', { name: `of ${vehicle}`, vehicles: [vehicle] });
      const made = (await response.json()) as { key: string; device: { id: string; keys: { mqtt_user: string }[] } };
      return { id: made.device.id, key: made.key, user: made.device.keys[0]?.mqtt_user ?? '' };
    };

    const faults = () => patiently(async () => ledger.faultsIn(await readEventsOf(admin, await readTrips(admin))));

    test(
      '`helm test` succeeds, and leaves nothing in lists',
      async () => {
        expect(await installation.helm('test', 'fleet', '--logs')).toMatch(/taken away/);
        expect((await patiently(() => readTrips(admin))).map(({ vehicle }) => vehicle)).not.toContain('helm-test');
      },
      3 * MINUTE,
    );

    test(
      'what is acknowledged while pods come, go and are killed is stored once',
      async () => {
        const { key } = await keyFor('golf');
        const events = DRIVES.slice(0, 6).flatMap((drive) => asTrip(drive, 'golf'));
        const requests = events.map((event) => [TRANSPORTS.array, [event]] as const);
        const target = { url: admin.url, key };
        let isSent = false;
        const sending = sendAll(requests, { target, ledger, lanes: 4, withinMs: 8 * MINUTE }).finally(() => {
          isSent = true;
        });
        await installation.deploy(...SETTINGS, 'api.replicas=4', 'api.podAnnotations.round=second');
        await installation.kubectl('delete', 'pod', '-l', 'app.kubernetes.io/component=api', '--wait=false');
        await installation.kubectl('delete', 'pod', 'fleet-influxdb-0', '--grace-period=0', '--force');
        await installation.deploy(...SETTINGS, 'api.replicas=2', 'api.podAnnotations.round=third');
        await sending;

        expect(isSent).toBe(true);
        expect(await faults()).toEqual([]);
      },
      12 * MINUTE,
    );

    test(
      'a new device works over MQTT within a minute, and a revoked one no more',
      async () => {
        const { id, key, user } = await keyFor('polo');
        const url = `mqtt://${await installation.forward('fleet-mosquitto', 1883)}`;
        const device = new MqttDevice({ url, user, password: key, vehicle: 'polo', ledger });
        await device.send(asTrip(DRIVES[6] as Drive, 'polo'), 2 * MINUTE);
        await device.end();

        expect(await faults()).toEqual([]);
        expect((await ask('DELETE', `/v1/devices/${id}`)).ok).toBe(true);
        await until(Date.now() + MINUTE, async () => {
          const refusal = await connectAsync(url, { username: user, password: key, reconnectPeriod: 0 }).then(
            (client) => client.endAsync().then(() => 'none'),
            (error: Error) => error.message,
          );
          if (!/not authorized/i.test(refusal)) throw new Error(`its refusal is: ${refusal}`);
        });
      },
      5 * MINUTE,
    );

    test(
      'a year of one car is there again after InfluxDB was killed, within the memory that it is given',
      async () => {
        const { key } = await keyFor('year');
        const send = TRANSPORTS.gzip;
        for (let day = 0; day < DAYS; day++) {
          const events = onDay(asTrip(DRIVES[day % DRIVES.length] as Drive, 'year'), day);
          await patiently(() => send({ url: admin.url, key }, events));
        }
        const before = await patiently(() => yearOf(admin));
        await installation.kubectl('delete', 'pod', 'fleet-influxdb-0', '--grace-period=0', '--force');
        await installation.kubectl('rollout', 'status', 'statefulset/fleet-influxdb', '--timeout=10m');

        expect(before).toHaveLength(DAYS);
        await patiently(async () => expect(await yearOf(admin)).toEqual(before));
        expect(await installation.kubectl('get', 'pod', 'fleet-influxdb-0', '-o', RESTARTS)).toBe('0');
      },
      20 * MINUTE,
    );

    test(
      'InfluxDB is for those who work with it, and for nobody else',
      async () => {
        const script = `fetch('http://fleet-influxdb:8086/health', { signal: AbortSignal.timeout(8000) })
        .then(() => console.log('let in'), () => console.log('walled off'))`;

        expect(await installation.tryFrom('stranger', 'app=stranger', script)).toMatch(/walled off/);
      },
      3 * MINUTE,
    );

    test(
      'after a rollback, and after an uninstallation, everything is there again',
      async () => {
        const before = [admin.key, await installation.secret('fleet-influxdb-tokens', 'INFLUX_TOKEN')];
        await installation.helm('rollback', 'fleet', '1', '--wait', '--timeout', '8m');
        expect(await faults()).toEqual([]);

        await installation.helm('uninstall', 'fleet', '--wait', '--timeout', '5m');
        await installation.deploy(...SETTINGS);
        await pause(1_000);

        expect([
          await installation.secret('fleet-api-auth', 'ADMIN_TOKEN'),
          await installation.secret('fleet-influxdb-tokens', 'INFLUX_TOKEN'),
        ]).toEqual(before);
        expect(await faults()).toEqual([]);
      },
      20 * MINUTE,
    );

    test(
      'a backup is put into a fresh installation by the script',
      async () => {
        const withBackups = [...SETTINGS, 'influxdb.backup.enabled=true'];
        await installation.deploy(...withBackups);
        await installation.kubectl('create', 'job', 'backup-now', '--from=cronjob/fleet-backup');
        await installation.kubectl('wait', '--for=condition=complete', 'job/backup-now', '--timeout=5m');
        await installation.helm('uninstall', 'fleet', '--wait', '--timeout', '5m');
        await installation.kubectl('delete', 'pvc', 'data-fleet-influxdb-0');
        await installation.deploy(...withBackups);
        expect(await patiently(() => readTrips(admin))).toEqual([]);

        await installation.script('restore-influxdb.sh', 'fleet');
        await patiently(async () => expect(await faults()).toEqual([]));
      },
      30 * MINUTE,
    );
  },
);
