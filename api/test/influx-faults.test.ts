/** Two processes on one InfluxDB, and senders that never give up, while InfluxDB is killed, away, hangs, is full or shuts them out. */
import { readFileSync } from 'node:fs';
import type { TelemetryEvent } from '@fleet/contract';
import {
  FleetProcess,
  type InfluxAccess,
  Influxd,
  integerBetween,
  Ledger,
  LIVE_WITHIN_MS,
  readEventsOf,
  readTrips,
  seededRandom,
  type Target,
  TRANSPORTS,
  type Transport,
  until,
} from '@fleet/testkit';
import { afterEach, expect, jest, test } from '@jest/globals';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { send } from './server.ts';

jest.setTimeout(300_000);

const KEY = 'a-key-for-every-vehicle';
const ADMIN = KEY.repeat(2);
// biome-ignore lint/style/noProcessEnv: said to tests, not to the program
const env = process.env;
/** How often InfluxDB is killed, and for how long it is away; a long run says more. */
const KILLS = Number(env['FLEET_INFLUX_KILLS'] ?? 3);
const AWAY_S = Number(env['FLEET_INFLUX_AWAY_S'] ?? 12);
const SENDERS = 6;
const ANSWERED_WITHIN_MS = 60_000;
const T0 = Date.UTC(2026, 0, 1);

describeWithInfluxd('two processes, while InfluxDB', (server) => {
  const started: FleetProcess[] = [];
  afterEach(() => Promise.all(started.splice(0).map((each) => each.end('SIGKILL'))));

  async function startPair(access: InfluxAccess): Promise<FleetProcess[]> {
    const settings = { ...influxSettings(access), API_KEY: KEY, ADMIN_TOKEN: ADMIN };
    const more = { TRIP_IDLE_TIMEOUT: '100s', INGEST_MAX_AGE: 'off', LOG_LEVEL: 'warn' };
    const pair = [
      await FleetProcess.create({ ...settings, ...more }),
      await FleetProcess.create({ ...settings, ...more }),
    ];
    started.push(...pair);
    await Promise.all(pair.map((each) => each.start()));
    return pair;
  }

  test('is killed and started again and again, keep what they acknowledged, once', async () => {
    const load = new Load(await startPair(await server().makeBuckets()));

    for (let kills = 0; kills < KILLS; kills++) {
      await load.goesOn(500);
      await server().end('SIGKILL');
      await server().start();
    }
    await load.goesOn(500);

    expect(await load.faults()).toEqual([]);
  });

  test('is away, answer 503 within a bound, hold no more than fits, and go on at once when it is back', async () => {
    const pair = await startPair(await server().makeBuckets());
    const load = new Load(pair);
    await load.goesOn(500);
    await load.pause();
    const before = pair.map(residentMib);
    await server().end('SIGTERM');

    const peaks = before;
    const statuses = new Set<string>();
    const deadline = Date.now() + AWAY_S * 1_000;
    const flooders = Array.from({ length: 64 }, async (_, index) => {
      const body = Array.from({ length: 2_000 }, (_, at) => eventOf(`flood-${index}`, at));
      while (Date.now() < deadline) {
        const { url } = pair[index % 2] as FleetProcess;
        const { status, headers } = await send(`${url}/v1/ingest`, { method: 'POST', key: KEY, body });
        statuses.add(`${status} ${headers.has('retry-after')}`);
        for (const [at, process] of pair.entries()) peaks[at] = Math.max(peaks[at] as number, residentMib(process));
      }
    });
    await Promise.all(flooders);
    expect(await Promise.all(pair.map(readiness))).toEqual([0, 0]);
    await server().start();

    await ready(pair, LIVE_WITHIN_MS);
    load.resume();
    await load.goesOn(500);
    expect([...statuses]).toEqual(['503 true']);
    for (const peak of peaks) expect(peak).toBeLessThan(MOST_MIB);
    expect(await load.faults()).toEqual([]);
  });

  test('hangs, say so until it goes on, and lose nothing', async () => {
    const pair = await startPair(await server().makeBuckets());
    const load = new Load(pair);
    await load.goesOn(500);

    server().hang('SIGSTOP');
    await until(Date.now() + ANSWERED_WITHIN_MS, async () => {
      expect(await Promise.all(pair.map(readiness))).toEqual([0, 0]);
    });
    server().hang('SIGCONT');

    await ready(pair, 2 * LIVE_WITHIN_MS);
    await load.goesOn(500);
    expect(await load.faults()).toEqual([]);
  });

  test('takes their token away, say so, and others with another token go on', async () => {
    const access = await server().makeBuckets();
    const { token, revoke } = await server().makeToken();
    const pair = await startPair({ ...access, token });
    const load = new Load(pair);
    await load.goesOn(500);

    await revoke();
    await until(Date.now() + ANSWERED_WITHIN_MS, async () => {
      expect(await Promise.all(pair.map(readiness))).toEqual([0, 0]);
    });
    load.targets = await startPair(access);

    await load.goesOn(500);
    expect(await load.faults()).toEqual([]);
  });

  test('has its memory full, say so, and lose nothing', async () => {
    const full = await Influxd.create(
      ...['--storage-cache-max-memory-size', `${300 * 1_024}`],
      ...['--storage-cache-snapshot-write-cold-duration', '11s'],
    );
    try {
      const pair = await startPair(await full.makeBuckets());
      const load = new Load(pair);

      await until(Date.now() + ANSWERED_WITHIN_MS, async () => {
        expect(pair[0]?.output).toContain('cache-max-memory-size exceeded');
      });
      await load.goesOn(500);

      expect(await load.faults()).toEqual([]);
    } finally {
      await full.dispose();
    }
  });
});

/** With as many events waiting as it takes, and what more comes turned away, a process holds less, MiB: measured 360. */
const MOST_MIB = 450;

/** Senders of events that never come twice; each sends a request until it is acknowledged, to one process after the other. */
class Load {
  targets: readonly FleetProcess[];
  readonly #ledger = new Ledger();
  readonly #random = seededRandom(5);
  #acknowledged = 0;
  #turn = 0;
  #going = true;
  #senders: Promise<void>[] = [];
  readonly #sent = new Map<string, number>();

  constructor(targets: readonly FleetProcess[]) {
    this.targets = targets;
    this.resume();
  }

  resume(): void {
    this.#going = true;
    this.#senders = Array.from({ length: SENDERS }, (_, index) => this.#sender(`car-${index}`));
    // A failure is thrown where it is waited for.
    for (const sender of this.#senders) sender.catch(() => {});
  }

  /** Resolves when nothing is under way. */
  async pause(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#senders);
  }

  /** Resolves when so many more are acknowledged. */
  async goesOn(more: number): Promise<void> {
    const enough = this.#acknowledged + more;
    await until(Date.now() + ANSWERED_WITHIN_MS, async () => expect(this.#acknowledged).toBeGreaterThan(enough));
  }

  /** Ends it; what is not as the senders were told, by either process. */
  async faults(): Promise<string[]> {
    await this.pause();
    const [ours, theirs] = await Promise.all(this.targets.map(({ url }) => readTrips({ url, key: ADMIN })));
    expect(theirs).toEqual(ours);
    const target = { url: this.#next().url, key: ADMIN };
    return this.#ledger.faultsIn(await readEventsOf(target, ours ?? []));
  }

  async #sender(vehicle: string): Promise<void> {
    while (this.#going) {
      const first = this.#sent.get(vehicle) ?? 0;
      const count = integerBetween(this.#random, 1, 50);
      this.#sent.set(vehicle, first + count);
      const events = Array.from({ length: count }, (_, at) => eventOf(vehicle, first + at));
      const transport = Object.values(TRANSPORTS)[integerBetween(this.#random, 0, 3)] as Transport;
      this.#ledger.sending(events);
      await until(Date.now() + ANSWERED_WITHIN_MS, () => transport(this.#next(), events));
      this.#ledger.acknowledged(events);
      this.#acknowledged += count;
    }
  }

  #next(): Target {
    return { url: (this.targets[this.#turn++ % 2] as FleetProcess).url, key: KEY };
  }
}

/** Every second event is of a device's trip, at 10 Hz with whole seconds; the others are loose. */
function eventOf(vehicle_id: string, index: number): TelemetryEvent {
  const isOfTrip = index % 2 === 0;
  const ts = new Date(T0 + (isOfTrip ? Math.floor(index / 10) * 1_000 : index * 1_000)).toISOString();
  const event = { vehicle_id: isOfTrip ? vehicle_id : `${vehicle_id}-loose`, ts, speed_kph: index % 100 };
  return isOfTrip ? { ...event, trip_id: 'cccccccc-0000-4000-8000-000000000001', seq: index + 1 } : event;
}

/**
 * Whether a process can store events, as its metrics tell: 1 or 0. `/readyz` stays as it is, since a Service whose pods all
 * left would have nobody to tell senders when to come again.
 */
async function readiness({ url }: FleetProcess): Promise<number> {
  expect((await send(`${url}/readyz`, {})).status).toBe(200);
  const { text } = await send(`${url}/metrics`, { key: ADMIN });
  return Number(/^fleet_ready (\d)$/m.exec(text)?.[1]);
}

async function ready(pair: readonly FleetProcess[], withinMs: number): Promise<void> {
  await until(Date.now() + withinMs, async () => expect(await Promise.all(pair.map(readiness))).toEqual([1, 1]));
}

/** MiB that a process holds in memory, as Linux tells it (proc(5)); 0 where it is not told. */
function residentMib({ pid }: FleetProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1_024;
  } catch {
    return 0;
  }
}
