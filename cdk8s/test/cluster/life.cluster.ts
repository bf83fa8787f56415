/** The life of an installation on a real cluster: nothing acknowledged is lost, whatever is done to it. */
import {
  DRIVES_FOLDER,
  type Drive,
  Ledger,
  MqttDevice,
  type ReadTrip,
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
const DAYS = 365;
const DAY_MS = 86_400_000;
const RESTARTS = 'jsonpath={.status.containerStatuses[0].restartCount}';
const CAR = ['edge.enabled=true', 'edge.cars[0].name=bora', 'edge.cars[0].adapter=tcp://dongle:35000'];
/** A fixed part of the drives' distances: wheels are not GPS. */
const TOLERANCE = 0.025;

/** Tries again for a while: a pod that goes away takes the connections with it that lead to it. */
function patiently<T>(work: () => Promise<T>): Promise<T> {
  return until(Date.now() + 2 * MINUTE, work);
}

/** A drive as a device sends it: with a trip of its own, on a day of its own where one is given. */
function asTrip({ events }: Drive, vehicle: string, day?: number) {
  const trip_id = crypto.randomUUID();
  const recorded = Math.floor(Date.parse(events[0]?.ts ?? '') / DAY_MS);
  const shift = day === undefined ? 0 : Date.UTC(2025, 0, 1 + day) - recorded * DAY_MS;
  return events.map(({ vin: _, ...event }, index) => {
    const ts = new Date(Date.parse(event.ts) + shift).toISOString();
    return { ...event, ts, vehicle_id: vehicle, trip_id, seq: index + 1 };
  });
}

/** How a trip differs from what the logger of its drive knows, in words. */
function differences({ truth }: Drive, trips: readonly ReadTrip[]): string[] {
  const trip = trips.find(({ started_at }) => Date.parse(started_at) === Date.parse(truth.started_at));
  if (trip === undefined) return [`drive ${truth.drive} is no trip`];
  const ratio = (trip.distance_km - trip.distance_gap_km) / truth.logger_distance_km;
  const found = { events: trip.event_count, ended: Date.parse(trip.ended_at), isFar: Math.abs(ratio - 1) > TOLERANCE };
  const wanted = { events: truth.event_count, ended: Date.parse(truth.ended_at), isFar: false };
  const [a, b] = [found, wanted].map((one) => JSON.stringify(one));
  return a === b ? [] : [`drive ${truth.drive} is ${a}, not ${b}`];
}

const THERE = HELMS.filter(({ isThere }) => isThere);

(hasCluster ? describe : describe.skip).each(THERE)('on a cluster, with $name (KUBECONFIG)', ({ name: helm }) => {
  const installation = new Installation(helm);
  const ledger = new Ledger();
  /** What is the same whichever Helm installs it is tried with the first one. */
  const isFirst = helm === THERE[0]?.name;
  const testOnce = isFirst ? test : test.skip;
  // Clusters for tests have few volumes, and keep what was on them.
  const settings = ['api.settings.INGEST_MAX_AGE=off', `grafana.persistence.enabled=${isFirst}`];
  let admin: Target;

  beforeAll(async () => {
    await installation.createNamespace();
    await installation.deploy(...settings);
    admin = await installation.api();
  }, 10 * MINUTE);

  afterAll(() => installation.dispose(), 4 * MINUTE);

  const ask = (method: string, path: string, body?: object, key = admin.key) =>
    patiently(() =>
      fetch(`${admin.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );

  const keyFor = async (vehicle: string) => {
    const response = await ask('POST', '/v1/devices', { name: `of ${vehicle}`, vehicles: [vehicle] });
    const made = (await response.json()) as { key: string; device: { id: string; keys: { mqtt_user: string }[] } };
    return { id: made.device.id, key: made.key, user: made.device.keys[0]?.mqtt_user ?? '' };
  };

  const tripsOf = async (vehicle: string) => (await readTrips(admin)).filter((trip) => trip.vehicle === vehicle);

  /** What is not as the ledger has it, of the cars that tell it. */
  const faults = () =>
    patiently(async () => {
      const trips = await readTrips(admin);
      return ledger.faultsIn(
        await readEventsOf(
          admin,
          trips.filter(({ vehicle }) => /^(golf|polo)$/.test(vehicle)),
        ),
      );
    });

  /** How many events each trip of the year has. */
  const year = () => patiently(async () => (await tripsOf('year')).map(({ event_count }) => event_count));

  test(
    '`helm test` succeeds, and leaves nothing in lists',
    async () => {
      expect(await installation.helm('test', 'fleet', '--logs')).toMatch(/taken away/);
      expect(await patiently(() => tripsOf('helm-test'))).toEqual([]);
    },
    3 * MINUTE,
  );

  test(
    'drives over HTTP and over MQTT are the trips that they were; a key that was revoked is of no use',
    async () => {
      const [overHttp, overMqtt] = [DRIVES.slice(0, 6), DRIVES.slice(6, 9)];
      const { key } = await keyFor('golf');
      const requests = overHttp.map((drive) => [TRANSPORTS.gzip, asTrip(drive, 'golf')] as const);
      await sendAll(requests, { target: { url: admin.url, key }, ledger, lanes: 2, withinMs: MINUTE });

      const polo = await keyFor('polo');
      const url = `mqtt://${await installation.forward('fleet-mosquitto', 1883)}`;
      const device = new MqttDevice({ url, user: polo.user, password: polo.key, vehicle: 'polo', ledger });
      await device.send(
        overMqtt.flatMap((drive) => asTrip(drive, 'polo')),
        3 * MINUTE,
      );
      await device.end();

      const [golfs, polos] = await patiently(() => Promise.all([tripsOf('golf'), tripsOf('polo')]));
      expect(overHttp.flatMap((drive) => differences(drive, golfs))).toEqual([]);
      expect(overMqtt.flatMap((drive) => differences(drive, polos))).toEqual([]);
      expect([golfs.length, polos.length]).toEqual([overHttp.length, overMqtt.length]);

      expect((await ask('DELETE', `/v1/devices/${polo.id}`)).ok).toBe(true);
      await until(Date.now() + MINUTE, async () => {
        const refusal = await connectAsync(url, { username: polo.user, password: polo.key, reconnectPeriod: 0 }).then(
          (client) => client.endAsync().then(() => 'none'),
          (error: Error) => error.message,
        );
        if (!/not authorized/i.test(refusal)) throw new Error(`its refusal is: ${refusal}`);
      });
    },
    6 * MINUTE,
  );

  test(
    'what is acknowledged while pods come, go, are killed and evicted is stored once',
    async () => {
      const [golf, polo] = [await keyFor('golf'), await keyFor('polo')];
      const url = `mqtt://${await installation.forward('fleet-mosquitto', 1883)}`;
      const device = new MqttDevice({ url, user: polo.user, password: polo.key, vehicle: 'polo', ledger });
      const before = ledger.owed;
      let isOver = false;
      /** Drives of days of their own, one after the other, while anything is done to the pods. */
      const drive = async (send: (day: number) => Promise<void>) => {
        for (let day = 0; !isOver; day++) await send(day);
      };
      const sending = Promise.all([
        drive((day) => {
          const events = asTrip(DRIVES[day % DRIVES.length] as Drive, 'golf', day);
          const requests = events.map((event) => [TRANSPORTS.array, [event]] as const);
          const target = { url: admin.url, key: golf.key };
          return sendAll(requests, { target, ledger, lanes: 4, withinMs: 5 * MINUTE });
        }),
        drive((day) => device.send(asTrip(DRIVES[day % DRIVES.length] as Drive, 'polo', day), 5 * MINUTE)),
      ]);
      sending.catch(() => {});

      const owed = [];
      await installation.deploy(...settings, 'api.replicas=4', 'api.podAnnotations.round=second');
      owed.push(ledger.owed);
      for (const pod of await installation.podsOf('api')) await installation.kill(pod);
      await installation.kill('fleet-influxdb-0');
      await installation.deploy(...settings, 'api.replicas=2', 'api.podAnnotations.round=third');
      owed.push(ledger.owed);
      const [first = '', second = ''] = await installation.podsOf('api');
      await installation.evict(first);
      await expect(installation.evict(second)).rejects.toThrow(/disruption budget/);
      await installation.kubectl('rollout', 'status', 'deployment/fleet-api', '--timeout=3m');
      owed.push(ledger.owed);
      isOver = true;
      await sending;
      await device.end();

      // They sent all the time.
      expect([before, ...owed].toSorted((a, b) => a - b)).toEqual([before, ...owed]);
      expect(new Set([before, ...owed]).size).toBe(owed.length + 1);
      expect(await faults()).toEqual([]);
    },
    15 * MINUTE,
  );

  testOnce(
    'a car whose dongle is in the network has its trip, with a key for itself alone, also when its pod is killed',
    async () => {
      await installation.makeDongle(`${DRIVES_FOLDER}drive-08.ndjson.gz`);
      await installation.deploy(...settings, ...CAR);
      const atLeast = (events: number) =>
        patiently(async () => {
          const trips = await tripsOf('bora');
          if ((trips[0]?.event_count ?? 0) < events) throw new Error(`there are ${JSON.stringify(trips)}`);
          return trips;
        });
      await atLeast(20);
      await installation.kill('fleet-edge-bora-0');
      const trips = await atLeast(60);
      const events = await patiently(() => readEventsOf(admin, trips));
      const key = await installation.secret('fleet-edge-auth', 'edge-bora');
      const foreign = { ts: new Date().toISOString(), speed_kph: 1, vehicle_id: 'golf' };

      expect(trips).toHaveLength(1);
      expect(events.filter(({ values }) => (values['rpm'] ?? 0) > 500).length).toBeGreaterThan(40);
      expect((await ask('POST', '/v1/ingest', [foreign], key)).status).toBe(403);
      await installation.deploy(...settings);
      await patiently(async () => expect((await ask('GET', '/v1/session', undefined, key)).status).toBe(401));
    },
    10 * MINUTE,
  );

  testOnce(
    'an autoscaler makes as many pods as there is work for, and an upgrade leaves them',
    async () => {
      const scaled = ['enabled=true', 'minReplicas=2', 'maxReplicas=3', 'targetCPU=1'];
      const sets = [...settings, ...scaled.map((set) => `api.autoscaling.${set}`)];
      const wanted = () => installation.kubectl('get', 'deployment', 'fleet-api', '-o', 'jsonpath={.spec.replicas}');
      await installation.deploy(...sets);
      await until(Date.now() + 4 * MINUTE, async () => expect(await wanted()).toBe('3'));
      await installation.deploy(...sets, 'api.podAnnotations.round=scaled');

      expect(await wanted()).toBe('3');
      await installation.deploy(...settings);
      expect(await wanted()).toBe('2');
    },
    12 * MINUTE,
  );

  testOnce(
    'a year of one car is there again after InfluxDB was killed, within the memory that it is given',
    async () => {
      const { key } = await keyFor('year');
      for (let day = 0; day < DAYS; day++) {
        const events = asTrip(DRIVES[day % DRIVES.length] as Drive, 'year', day);
        await patiently(() => TRANSPORTS.gzip({ url: admin.url, key }, events));
      }
      const before = await year();
      await installation.kill('fleet-influxdb-0');
      await installation.kubectl('rollout', 'status', 'statefulset/fleet-influxdb', '--timeout=10m');

      expect(before).toHaveLength(DAYS);
      await patiently(async () => expect(await year()).toEqual(before));
      expect(await installation.kubectl('get', 'pod', 'fleet-influxdb-0', '-o', RESTARTS)).toBe('0');
    },
    20 * MINUTE,
  );

  testOnce(
    'InfluxDB is for those who work with it, and for nobody else; the API is for everybody in the cluster',
    async () => {
      const reach = (name: string, url: string) =>
        installation.tryFrom(
          name,
          'app=stranger',
          `fetch('${url}', { signal: AbortSignal.timeout(8000) })
            .then(() => console.log('let in'), () => console.log('walled off'))`,
        );

      expect(await reach('stranger', 'http://fleet-influxdb:8086/health')).toMatch(/walled off/);
      expect(await reach('neighbour', 'http://fleet-api/healthz')).toMatch(/let in/);
    },
    3 * MINUTE,
  );

  test(
    'after a rollback, and after an uninstallation, everything is there again',
    async () => {
      const secrets = () =>
        Promise.all([
          installation.secret('fleet-api-auth', 'ADMIN_TOKEN'),
          installation.secret('fleet-influxdb-auth', 'INFLUX_ADMIN_TOKEN'),
          installation.secret('fleet-mqtt-auth', 'MQTT_PASSWORD'),
          installation.secret('fleet-influxdb-tokens', 'INFLUX_TOKEN'),
          installation.secret('fleet-influxdb-tokens', 'GRAFANA_INFLUX_TOKEN'),
        ]);
      const before = [await secrets(), await year()];
      await installation.helm('rollback', 'fleet', '1', '--wait', '--timeout', '8m');
      expect([await secrets(), await year()]).toEqual(before);
      expect(await faults()).toEqual([]);

      await installation.helm('uninstall', 'fleet', '--wait', '--timeout', '5m');
      await installation.deploy(...settings);
      expect([await secrets(), await year()]).toEqual(before);
      expect(await faults()).toEqual([]);
    },
    20 * MINUTE,
  );

  testOnce(
    'a backup is put into a fresh installation by the script',
    async () => {
      const withBackups = [...settings, 'influxdb.backup.enabled=true'];
      await installation.deploy(...withBackups);
      const before = await year();
      await installation.kubectl('create', 'job', 'backup-now', '--from=cronjob/fleet-backup');
      await installation.kubectl('wait', '--for=condition=complete', 'job/backup-now', '--timeout=5m');
      await installation.helm('uninstall', 'fleet', '--wait', '--timeout', '5m');
      await installation.kubectl('delete', 'pvc', 'data-fleet-influxdb-0');
      await installation.deploy(...withBackups);
      expect(await patiently(() => readTrips(admin))).toEqual([]);

      await installation.script('restore-influxdb.sh', 'fleet');
      expect(await faults()).toEqual([]);
      expect(await year()).toEqual(before);
    },
    30 * MINUTE,
  );
});
