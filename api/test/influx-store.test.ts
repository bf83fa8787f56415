import { expect, test } from '@jest/globals';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { describeEventStore, IDLE_MS } from './describe-event-store.ts';
import { loose } from './events.ts';
import { describeWithInfluxd, requestsOf } from './influx.ts';

describeWithInfluxd('InfluxDB', (server) => {
  const make = async () => {
    const { events, registry } = await openInfluxStore({ server: await server().makeBuckets(), idleMs: IDLE_MS });
    return { events, registry, dispose: () => events.close() };
  };
  describeEventStore('InfluxDB', make, { seesRepeats: false });

  test('asks once for corrections for all who write meanwhile', async () => {
    const { events, dispose } = await make();
    const before = await requestsOf(server(), '/query');

    await Promise.all(Array.from({ length: 50 }, (_, index) => events.write([loose(index)])));

    expect((await requestsOf(server(), '/query')) - before).toBeLessThan(5);
    await dispose();
  });
});
