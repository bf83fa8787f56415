/** The metrics themselves: read from the tallies and the store when they are asked for. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { EventStore } from '../ports.ts';
import type { MetricsParts } from './metrics.ts';
import { DURATION_BOUNDS_S, type Tallies } from './tallies.ts';

/** What gives them as text, as they are. */
export function metricsReader(parts: MetricsParts): () => Promise<string> {
  const { tallies, store, isReady, liveClients, backupVerifiedAt, retention } = parts;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Counter({
    name: 'fleet_events_total',
    help: 'Events by what became of them: stored, duplicate, deleted, refused by the store, or the problem they had',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of tallies.eventCounts()) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'fleet_differing_signals_total',
    help: 'Signals for which a repeated event said something else than the stored one',
    registers,
    collect() {
      this.reset();
      this.inc(tallies.differing);
    },
  });
  new Gauge({
    name: 'fleet_ready',
    help: '1 where events can be stored',
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'fleet_live_clients',
    help: 'Clients that hear what changes, as it changes',
    registers,
    collect() {
      this.set(liveClients());
    },
  });
  addMqtt(registers, tallies);
  new Gauge({
    name: 'fleet_backup_verified_timestamp_seconds',
    help: 'When the newest backup was verified; 0 where there is none',
    registers,
    collect() {
      this.set((backupVerifiedAt() ?? 0) / 1_000);
    },
  });
  new Gauge({ name: 'fleet_retention_seconds', help: 'How long events are kept; 0 for ever', registers }).set(
    (retention ?? 0) / 1_000,
  );
  addStoreSize(registers, store);
  return async () => `${await registry.metrics()}\n${requestMetrics(tallies)}`;
}

function addMqtt(registers: Registry[], { mqtt }: Tallies): void {
  const gauges = [
    { name: 'fleet_mqtt_clients', help: 'Clients of the MQTT broker inside', read: () => mqtt.clients() },
    { name: 'fleet_mqtt_waiting', help: 'Messages that are being stored, without PUBACK', read: () => mqtt.waiting() },
    {
      name: 'fleet_mqtt_connected',
      help: '1 where the MQTT broker of MQTT_URL is reached',
      read: () => (mqtt.isConnected() ? 1 : 0),
    },
  ];
  for (const { name, help, read } of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

function addStoreSize(registers: Registry[], store: EventStore): void {
  const gauges = [
    { name: 'fleet_stored_events', help: 'Events in the store', of: 'events' },
    { name: 'fleet_store_bytes', help: 'Size of the store', of: 'bytes' },
  ] as const;
  for (const { name, help, of } of gauges) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // A store that is away is when metrics matter most.
        const size = await store.size().catch(() => undefined);
        this.set(size?.[of] ?? Number.NaN);
      },
    });
  }
}

/** A histogram from tallies: the library's own would be too dear on every request. */
function requestMetrics({ routes }: Tallies): string {
  const name = 'fleet_http_request_duration_seconds';
  const lines = [`# HELP ${name} Requests by route and status`, `# TYPE ${name} histogram`];
  for (const { method, route, byStatus } of routes) {
    for (const [status, { count, sum, buckets }] of byStatus) {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      for (const [at, bound] of DURATION_BOUNDS_S.entries()) {
        lines.push(`${name}_bucket{${labels},le="${bound}"} ${buckets[at]}`);
      }
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`);
      lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
