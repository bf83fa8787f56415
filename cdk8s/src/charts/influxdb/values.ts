/** The values of the subchart `influxdb`. */
import { GLOBAL } from '../../constructs/global-values.ts';
import { QUANTITIES } from '../../constructs/kubernetes-schemas.ts';
import { imageValues, NAME, persistenceValues, podValues, resources, SCHEDULE } from '../../constructs/value-forms.ts';
import { bool, formed, group, int, map, refs } from '../../helm/values.ts';

export const INFLUXDB_VALUES = {
  global: GLOBAL,
  image: group('Image.', imageValues('docker.io', 'library/influxdb', '2.7.12')),
  auth: group('Who may do everything there.', {
    existingSecret: formed(
      '',
      'Secret with `INFLUX_ADMIN_TOKEN` and `INFLUX_ADMIN_PASSWORD` (user `fleet`). Without it, both are generated.',
      NAME,
      ['influx-auth'],
    ),
  }),
  persistence: persistenceValues('10Gi'),
  memoryMiB: int(
    512,
    1_048_576,
    3_072,
    'Memory limit, MiB; Go gets 85 % of it. After a kill in the middle of an import of many months it needs 1.7 GiB.',
  ),
  cacheMiB: int(64, 262_144, 512, 'Most that it holds of a file before writes are refused for a while, MiB.'),
  requests: map<Record<string, string>>({ cpu: '200m', memory: '512Mi' }, 'Requests.', QUANTITIES, [
    { cpu: '1', memory: '3Gi' },
  ]),
  ...podValues(1_000),
  setup: group('What makes buckets and tokens: once at each release, and again and again to heal what was lost.', {
    schedule: formed('23 * * * *', 'When it is looked whether all is there.', SCHEDULE, ['0 */6 * * *']),
    resources: resources({ cpu: '50m', memory: '96Mi' }, '256Mi'),
  }),
  backup: group("Backups, by InfluxDB's own means.", {
    enabled: bool(false, 'Whether there are any.'),
    schedule: formed('41 2 * * *', 'When.', SCHEDULE, ['0 0 * * *']),
    restore: formed(
      '',
      'Which backup `scripts/restore-influxdb.sh` takes; the newest where it is empty.',
      /^[\w:.-]*$/,
      ['2025-11-04T12-00-00Z'],
    ),
    keep: int(1, 1_000, 7, 'How many are kept.'),
    persistence: persistenceValues('20Gi'),
    resources: resources({ cpu: '50m', memory: '128Mi' }, '512Mi'),
  }),
};

export const influxdb = refs(INFLUXDB_VALUES);
