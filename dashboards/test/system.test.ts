/** Every query of the page System and of the server's alerts, asked of a real Prometheus. */
import { AlertEvaluator, type EvaluatedRule, hasProgram, Prometheus, type RuleData, until } from '@fleet/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { alertingFiles } from '../src/index.ts';
import { FILES } from './panels.ts';

const MINUTE = 60_000;

/** Whether everything is as bad as can be. */
let isBad = true;

/** As the API and Kubernetes say them; counts go on by the second. */
function metrics(): string {
  const seconds = Date.now() / 1_000;
  const refused = isBad ? seconds : seconds / 100;
  const requests = ['0.001', '0.1', '+Inf'].map(
    (le, at) =>
      `fleet_http_request_duration_seconds_bucket{route="/v1/ingest",status="200",le="${le}"} ${seconds * (at + 1)}`,
  );
  return [
    `fleet_events_total{outcome="stored"} ${seconds * 9}`,
    `fleet_events_total{outcome="clock-skew"} ${refused}`,
    ...requests,
    `fleet_http_request_duration_seconds_count{route="/v1/ingest",status="200"} ${seconds * 3}`,
    `fleet_http_request_duration_seconds_count{route="/v1/ingest",status="422"} ${seconds}`,
    ...['fleet_ready 1', 'fleet_stored_events 10186', `fleet_store_bytes ${seconds}`, 'fleet_live_clients 2'],
    ...['fleet_mqtt_clients 1', 'fleet_mqtt_waiting 0', 'fleet_mqtt_connected 1'],
    `fleet_backup_verified_timestamp_seconds ${seconds - (isBad ? 72 : 1) * 3_600}`,
    `kubelet_volume_stats_available_bytes{persistentvolumeclaim="influxdb"} ${isBad ? 10 : 60}`,
    'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="influxdb"} 100',
    'fleet_retention_seconds 63072000',
    ...['process_resident_memory_bytes 1e8', `process_cpu_seconds_total ${seconds / 10}`],
    'nodejs_eventloop_lag_p99_seconds 0.01',
    '',
  ].join('\n');
}

const NAME = 'with a Prometheus';
const HINT = `${NAME} (prometheus is not on the PATH: apt-get install prometheus)`;
const describeWithPrometheus = hasProgram('prometheus') ? describe : describe.skip;

/** What Grafana makes of its own variable where metrics come every second. */
const asked = (promql: string) =>
  promql.replaceAll('$__rate_interval', '4s').replaceAll('[5m]', '[4s]').replaceAll('[6h]', '[4s]');

const RULES = (alertingFiles()['rules-server.json'] as { groups: { rules: EvaluatedRule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);

const PANELS = (FILES.get('fleet-system')?.panels ?? []).flatMap(({ title, targets = [] }) =>
  targets.map(({ expr = '' }) => ({ title, expr })),
);

describeWithPrometheus(hasProgram('prometheus') ? NAME : HINT, () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await Prometheus.create(metrics);
    await until(Date.now() + 30_000, async () => {
      const read = await prometheus.ask('count_over_time(fleet_ready[1m]) > 4');
      if (read.length === 0) throw new Error('it has not read often enough yet');
    });
  }, 60_000);
  afterAll(() => prometheus.dispose());
  beforeEach(async () => {
    isBad = true;
    await until(Date.now() + 30_000, async () => {
      expect(await value(panel('Rejected events'))).toBeCloseTo(0.1, 2);
    });
  });

  const panel = (title: string) => PANELS.find((each) => each.title === title)?.expr ?? '';
  /** What answers a query: nothing does for a while where the machine was too busy for metrics to be read every second. */
  const answersTo = (promql: string) =>
    until(Date.now() + 30_000, async () => {
      const found = await prometheus.ask(asked(promql));
      if (found.length === 0) throw new Error(`nothing answers ${promql}`);
      return found;
    });
  const value = async (promql: string) => (await answersTo(promql))[0]?.value;

  test.each(PANELS)('$title has an answer: $expr', async ({ expr }) => {
    expect((await answersTo(expr)).length).toBeGreaterThan(0);
  });

  test('numbers are those of the metrics', async () => {
    expect(await value(panel('Stored events'))).toBe(10_186);
    expect(await value(panel('Rejected events'))).toBeCloseTo(0.1, 2);
    expect(await value(panel('Disks'))).toBeCloseTo(0.9, 6);
    expect(await value(panel('Fullest disk'))).toBeCloseTo(0.9, 6);
    expect(await value(panel('Retention'))).toBe(2 * 365 * 86_400);
    expect(Number(await value(panel('Backup')))).toBeCloseTo(Date.now() - 72 * 3_600_000, -5);
  });

  /** The newest of each series as a table, as Grafana's expressions take it. */
  const ask = async ({ model }: RuleData) => {
    const found = await answersTo(`${model['expr']}`);
    const types = { ...mapped(found[0]?.metric ?? {}, () => 'string'), _value: 'double' };
    return [{ kind: 'table' as const, types, rows: found.map(({ metric, value }) => ({ ...metric, _value: value })) }];
  };

  test('every alert fires when it is bad for long enough, and ends', async () => {
    const evaluators = RULES.map((rule) => new AlertEvaluator(rule, ask));
    const states = async (minute: number) =>
      Object.fromEntries(
        await Promise.all(
          evaluators.map(async (evaluator, at) => {
            const [state = 'normal'] = (await evaluator.evaluate(minute * MINUTE)).values();
            return [RULES[at]?.uid, state] as const;
          }),
        ),
      );
    const all = (...[rejecting, disk, backup]: readonly string[]) => ({
      'fleet-api-rejecting': rejecting,
      'fleet-disk-nearly-full': disk,
      'fleet-backup-too-old': backup,
    });

    expect(await states(0)).toEqual(all('pending', 'pending', 'pending'));
    expect(await states(10)).toEqual(all('firing', 'pending', 'pending'));
    expect(await states(30)).toEqual(all('firing', 'firing', 'firing'));
    isBad = false;
    await until(Date.now() + 30_000, async () => {
      expect(await states(31)).toEqual(all('normal', 'normal', 'normal'));
    });
  }, 60_000);
});

function mapped<T, R>(record: Readonly<Record<string, T>>, fn: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fn(value)]));
}
