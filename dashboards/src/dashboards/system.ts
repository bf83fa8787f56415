/** How the server itself is doing; only where Prometheus reads its metrics. */
import type { ColumnName } from '../columns.ts';
import { dashboard } from '../dashboard.ts';
import { curves, stat } from '../panels/kinds.ts';
import type { Question } from '../panels/panel.ts';
import { PROMQL } from '../promql.ts';

/** A number; eight of them fill the width. */
function number(title: string, description: string, promql: string, column: ColumnName) {
  return stat({ title, description, size: [3, 4], ask: [[promql, title]], columns: [column] });
}

function lines(title: string, description: string, ask: Question, column: ColumnName) {
  return curves({ title, description, size: [12, 8], ask, columns: [column], openGapsMs: 300_000 });
}

export const SYSTEM = dashboard({
  uid: 'fleet-system',
  description: 'Requests, events, the store, MQTT and backups, from the metrics that Prometheus reads at /metrics.',
  from: 'now-24h',
  refresh: '1m',
  choose: 'none',
  panels: [
    number('Ready', 'Whether every process can store events.', PROMQL.ready, 'state'),
    number('Stored events', 'Events in the store.', PROMQL.storedEvents, 'events'),
    number('Store', 'Size of the store; of InfluxDB it is reckoned.', PROMQL.storeBytes, 'bytes'),
    number('Growth a day', 'By the last six hours. With it, see how long the disk suffices.', PROMQL.growth, 'bytes'),
    number('Retention', 'How long events are kept. Empty: for ever.', PROMQL.retention, 'duration_s'),
    number('Fullest disk', 'How full the fullest volume is. Metrics of the kubelet.', PROMQL.fullestDisk, 'ratio'),
    number(
      'Backup',
      'When the newest backup was verified, or its job in Kubernetes last succeeded.',
      `(${PROMQL.backupAt}) * 1000`,
      'when',
    ),
    number('Live clients', 'Pages and programs that hear what changes as it changes.', PROMQL.liveClients, 'clients'),
    lines('Events', 'Events a second by what became of them.', [[PROMQL.outcomes, '{{outcome}}']], 'rate'),
    lines(
      'Rejected events',
      'Share of events that were refused; senders need to mend something.',
      [[PROMQL.rejectedShare, 'Rejected']],
      'ratio',
    ),
    lines('Requests', 'Requests a second by route.', [[PROMQL.requests, '{{route}}']], 'requests'),
    lines(
      'Failed requests',
      'Requests a second that ended with a status of 400 or above.',
      [[PROMQL.errors, '{{status}}']],
      'requests',
    ),
    lines(
      'Latency',
      'How long requests take: half of them, and all but one in a hundred, no longer than this.',
      [
        [PROMQL.latency(0.5), 'Half'],
        [PROMQL.latency(0.99), '99 %'],
      ],
      'latency',
    ),
    lines(
      'Disks',
      'How full each volume is. Metrics of the kubelet.',
      [[PROMQL.diskUsed, '{{persistentvolumeclaim}}']],
      'ratio',
    ),
    lines(
      'MQTT',
      'Clients of the broker inside, and messages that wait for being stored.',
      [
        [PROMQL.mqttClients, 'Clients'],
        [PROMQL.mqttWaiting, 'Waiting'],
        [PROMQL.mqttConnected, 'Broker reached'],
      ],
      'clients',
    ),
    lines('Memory', 'Resident memory of each process.', [[PROMQL.memory, '{{pod}} {{instance}}']], 'bytes'),
    lines('CPU', 'Cores that each process uses.', [[PROMQL.cpu, '{{pod}} {{instance}}']], 'clients'),
    lines(
      'Event loop',
      'How long work waits for its turn, all but one time in a hundred.',
      [[PROMQL.eventLoop, 'Lag']],
      'latency',
    ),
  ],
});
