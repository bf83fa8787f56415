/** What is acknowledged is durable in a real InfluxDB, and no event's fault is another's. */
import type { Influxd } from '@fleet/testkit';
import { integerBetween, seededRandom, until } from '@fleet/testkit';
import { expect, test } from '@jest/globals';
import type { KeyedEvent } from '../src/ports.ts';
import { OverloadedError, StoreUnavailableError } from '../src/ports.ts';
import { InfluxClient } from '../src/stores/influxdb/client.ts';
import { EventWriter } from '../src/stores/influxdb/event-writer.ts';
import { Touches } from '../src/stores/influxdb/touches.ts';
import { loose, T0, TRIP_A, tripEvent } from './events.ts';
import { describeWithInfluxd, requestsOf } from './influx.ts';

/** What the tests need of a bucket: a writer into it, and what is there. */
async function makeWriter(server: Influxd, { retention = 0, token = server.token } = {}) {
  const access = await server.makeBuckets(retention);
  const client = new InfluxClient({ ...access, token });
  const failures: string[] = [];
  const writer = new EventWriter(client, new Touches(Date.now), (error) => failures.push(error.message));
  const times = async () =>
    (await server.select(access.bucket, 'SELECT seq, trip_id FROM telemetry')).map(([time]) => time as string);
  return { ...access, client, failures, times, write: (events: readonly KeyedEvent[]) => writer.write(events) };
}

const at = (ts: number, seq = 1): KeyedEvent => ({ ...tripEvent(TRIP_A, seq, 0), ts });
const NOW = Date.now();

describeWithInfluxd('the writer of InfluxDB', (server) => {
  test('stores every event of a trip at 10 Hz whose times are whole seconds', async () => {
    const { write, times } = await makeWriter(server());

    await write(
      Array.from({ length: 5_000 }, (_, index) => tripEvent(TRIP_A, 999_000 + index, Math.floor(index / 10))),
    );

    expect(await times()).toHaveLength(5_000);
  });

  test('stores a repeated event once, and what many callers bring', async () => {
    const { write, times } = await makeWriter(server());
    const calls = Array.from({ length: 50 }, (_, call) => [loose(call), loose(call + 1)]);

    await Promise.all([...calls, ...calls].map(write));

    expect(await times()).toHaveLength(51);
  });

  test('lets those who wait for each answer share a body, also when they began one after the other', async () => {
    const { write } = await makeWriter(server());
    const TURNS = 20;
    const before = await requestsOf(server(), '/api/v2/write');
    const caller = async (vehicle: string) => {
      for (let turn = 0; turn < TURNS; turn++) await write([{ ...loose(turn), vehicle }]);
    };
    const first = Array.from({ length: 15 }, (_, index) => caller(`early-${index}`));
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    const second = Array.from({ length: 15 }, (_, index) => caller(`late-${index}`));
    await Promise.all([...first, ...second]);

    const bodies = (await requestsOf(server(), '/api/v2/write')) - before;
    // By themselves each half would have had bodies of its own.
    expect(bodies).toBeLessThan(1.5 * TURNS);
  });

  test('marks each container once for some seconds, for events not before the mark, and closes what is quiet', async () => {
    const { write, bucket } = await makeWriter(server());
    const marks = () => server().select(bucket, 'SELECT closed, first_ts, vin, trip_id FROM touched');

    await write([loose(5), loose(3), tripEvent(TRIP_A, 1, 9)]);
    await write([loose(7)]);
    const first = await marks();
    await write([loose(1), loose(2)]);
    const second = await marks();

    const told = (rows: readonly (readonly unknown[])[]) =>
      rows.map(([, closed, ts, vin, trip]) => [closed, ((ts as number) - T0) / 1_000, vin, trip]);
    expect(told(first).sort()).toEqual([
      [false, 3, 'golf', 'day-2025-11-04'],
      [false, 9, 'golf', TRIP_A],
    ]);
    expect(told(second)).toContainEqual([false, 1, 'golf', 'day-2025-11-04']);
    await until(Date.now() + 10_000, async () => {
      const open = (await marks()).filter(([, closed]) => closed !== true);
      expect(open).toEqual([]);
    });
    await write([loose(8)]);
    expect(told(await marks())).toContainEqual([false, 8, 'golf', 'day-2025-11-04']);
  });

  test.each([
    ['in the year 1', -62_135_596_800_000],
    ['in the year 2300', Date.UTC(2300, 0)],
  ])('refuses an event %s by name, and stores those beside it', async (_when, ts) => {
    const { write, times } = await makeWriter(server());
    const good = Array.from({ length: 20 }, (_, index) => loose(index));

    const [alone, ...others] = await Promise.all([write([at(ts)]), ...good.map((event) => write([event]))]);
    const among = await write([...good, at(ts), loose(20)]);

    expect(alone).toEqual([expect.stringMatching(/^InfluxDB: /)]);
    expect(others.flat()).toEqual(good.map(() => undefined));
    expect(among.map((reason) => reason === undefined)).toEqual([...good.map(() => true), false, true]);
    expect(await times()).toHaveLength(21);
  });

  test('refuses what is past retention by name, a few or all', async () => {
    const { write, times } = await makeWriter(server(), { retention: 3_600 });
    const ages = [0, 7_200_000, 1_000, 8_000_000, 2_000].map((age, seq) => at(NOW - age, seq));

    const reasons = await write(ages);

    expect(reasons.map((reason) => reason ?? 'stored')).toEqual([
      'stored',
      expect.stringMatching(/retention/),
      'stored',
      expect.stringMatching(/retention/),
      'stored',
    ]);
    const old = await write(Array.from({ length: 5_000 }, (_, index) => at(NOW - 7_200_000 - index, index)));
    expect(old.every((reason) => /retention/.test(reason ?? ''))).toBe(true);
    expect(await times()).toHaveLength(3);
  });

  test('looks for the refused events of a vehicle while those of others are stored, and tells nobody of others', async () => {
    const { write } = await makeWriter(server(), { retention: 3_600 });
    const of = (vehicle: string, ages: readonly number[]) =>
      ages.map((age, seq) => ({ ...at(NOW - age - seq, seq), vehicle }));
    const everyOther = Array.from({ length: 400 }, (_, index) => (index % 2) * 7_200_000);
    const order: string[] = [];
    const send = async (vehicle: string, ages: readonly number[]) => {
      const reasons = await write(of(vehicle, ages));
      order.push(vehicle);
      return reasons;
    };

    const first = [send('audi', everyOther), send('bmw', everyOther), send('golf', [0, 0])];
    const reasons = await Promise.all(first);
    const again = send('audi', everyOther);
    for (let turn = 0; turn < 3; turn++) await send('golf', [turn]);
    await again;

    expect(order[0]).toBe('golf');
    expect(order.slice(3)).toEqual(['golf', 'golf', 'golf', 'audi']);
    const [audi, bmw, golf] = reasons as string[][];
    expect(golf).toEqual([undefined, undefined]);
    for (const [own, other] of [
      [audi, 'bmw'],
      [bmw, 'audi'],
    ] as const) {
      expect(own?.map((reason) => reason !== undefined)).toEqual(everyOther.map((age) => age > 0));
      expect(own?.join()).not.toContain(`vin=${other}`);
    }
  });

  test('says at once that a token does not hold any more', async () => {
    const { token, revoke } = await server().makeToken();
    const { write, failures, times } = await makeWriter(server(), { token });
    await write([loose(0)]);

    await revoke();

    await expect(write([loose(1)])).rejects.toThrow(StoreUnavailableError);
    expect(failures).toEqual([expect.stringMatching(/unauthorized/)]);
    expect(await times()).toHaveLength(1);
  });

  test('keeps what is acknowledged, once, while InfluxDB is killed and started under load', async () => {
    const { write, times } = await makeWriter(server());
    const random = seededRandom(1);
    const acknowledged: number[] = [];
    let next = 0;
    let ended = false;
    const sender = async () => {
      while (!ended) {
        const events = Array.from({ length: integerBetween(random, 1, 50) }, () => at(T0 + next, ++next));
        await until(Date.now() + 60_000, () => write(events));
        acknowledged.push(...events.map(({ ts }) => ts));
      }
    };
    const senders = Array.from({ length: 8 }, sender);
    for (let kills = 0; kills < 5; kills++) {
      const before = acknowledged.length;
      await until(Date.now() + 20_000, async () => {
        if (acknowledged.length < before + 500) throw new Error('nothing is acknowledged');
      });
      await server().end('SIGKILL');
      await server().start();
    }
    ended = true;
    await Promise.all(senders);

    const stored = (await times()).map((time) => Date.parse(time));
    expect(stored).toEqual(acknowledged.toSorted((a, b) => a - b));
  }, 120_000);

  test('rejects within a bound while InfluxDB is away, takes no more than fits, and goes on when it is back', async () => {
    const { write, failures, times } = await makeWriter(server());
    await server().end('SIGKILL');
    const began = Date.now();
    const calls = Array.from({ length: 11 }, (_, call) => write(Array.from({ length: 5_001 }, () => loose(call))));
    const reasons = await Promise.all(
      calls.map((call) =>
        call.then(
          () => undefined,
          (error: Error) => error,
        ),
      ),
    );

    expect(Date.now() - began).toBeLessThan(25_000);
    expect(reasons.at(-1)).toBeInstanceOf(OverloadedError);
    expect(reasons.slice(0, -1).every((reason) => reason instanceof StoreUnavailableError)).toBe(true);
    expect(failures[0]).toMatch(/ECONNREFUSED/);

    const late = write([loose(1)]);
    await server().start();
    await late;
    expect(await times()).toHaveLength(1);
  }, 60_000);
});
