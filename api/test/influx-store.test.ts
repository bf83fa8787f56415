import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { describeEventStore, IDLE_MS } from './describe-event-store.ts';
import { describeWithInfluxd } from './influx.ts';

describeWithInfluxd('InfluxDB', (server) => {
  const make = async () => {
    const { events, registry } = await openInfluxStore({ server: await server().makeBuckets(), idleMs: IDLE_MS });
    return { events, registry, dispose: () => events.close() };
  };
  describeEventStore('InfluxDB', make, { seesRepeats: false });
});
