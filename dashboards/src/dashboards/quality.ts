/** Whether everything arrives: what is missing, what was refused, who is silent, how much there is. */
import { SIGNAL_NAMES } from '@fleet/contract';
import { dashboard, linkToTrip } from '../dashboard.ts';
import { documents, events, filter, flux, group, keep, map, range, total, trips, VEHICLES } from '../flux.ts';
import { barChart, bars, stat } from '../panels/kinds.ts';
import { table } from '../panels/table.ts';
import { atMost, TRIP_LINK, TRIP_TIMES, tripSums, tripTotal } from '../queries.ts';

/** Stands before all sources in the alphabet. InfluxDB's `union` loses rows with an empty text now and then. */
const END = '(end)';

const PART_COLUMNS = ['_time', 'vin', '_field', '_value', 'began', 'of', 'ended'] as const;

/** The newest trip that each source had a part in. Joins are none: they fail where one side is empty. */
const SOURCES = flux(
  'import "internal/debug"',
  'import "strings"',
  `trips = ${trips(['end_ts'])}`,
  map({
    _field: `"${END}"`,
    _value: '0.0',
    began: 'r._time',
    of: 'r.vin',
    ended: 'time(v: int(v: r.end_ts) * 1000000)',
  }),
  keep(...PART_COLUMNS),
  'parts = from(bucket: v.defaultBucket + "_meta")',
  range(),
  filter(`r._measurement == "listed" and r._field =~ /^source:/ and r.vin =~ /^(${VEHICLES})$/`),
  group(),
  map({ began: 'debug.null(type: "time")', of: 'debug.null(type: "string")', ended: 'debug.null(type: "time")' }),
  keep(...PART_COLUMNS),
  'union(tables: [trips, parts])',
  group(),
  '  |> sort(columns: ["_time", "vin", "_field"])',
  ...['began', 'of', 'ended'].map((column) => `  |> fill(column: "${column}", usePrevious: true)`),
  filter(`r._field != "${END}" and exists r.ended and r.began == r._time and r.of == r.vin`),
  group('_field', 'vin'),
  '  |> reduce(',
  '      identity: {last_seen: 1970-01-01T00:00:00Z, events: 0.0},',
  '      fn: (r, accumulator) => ({',
  '        last_seen: if r.ended > accumulator.last_seen then r.ended else accumulator.last_seen,',
  '        events: accumulator.events + r._value,',
  '      }),',
  '  )',
  group(),
  map({ source: 'strings.trimPrefix(v: r._field, prefix: "source:")' }),
  keep('source', 'vin', 'last_seen', 'events'),
  '  |> sort(columns: ["last_seen"], desc: true)',
  '  |> limit(n: 200)',
);

/** Every device with a key, and when it last sent or asked for anything. */
const DEVICES = flux(
  'import "internal/debug"',
  'import "experimental/json"',
  'import "regexp"',
  `sightings = ${documents('sighting', ['at'])}`,
  keep('id', 'at'),
  `devices = ${documents('device', ['body0'])}`,
  map({
    device: 'json.parse(data: bytes(v: regexp.replaceAllString(r: /^.*"name":("[^"]*").*$/, v: r.body0, t: "$1")))',
  }),
  keep('id', 'device'),
  'union(tables: [devices, sightings])',
  group('id'),
  '  |> reduce(',
  '      identity: {device: "", at: -1},',
  '      fn: (r, accumulator) => ({',
  '        device: if exists r.device then r.device else accumulator.device,',
  '        at: if exists r.at then r.at else accumulator.at,',
  '      }),',
  '  )',
  group(),
  filter('r.device != ""'),
  map({ last_seen: 'if r.at >= 0 then time(v: r.at * 1000000) else debug.null(type: "time")' }),
  keep('device', 'last_seen'),
  '  |> sort(columns: ["last_seen"], desc: true)',
  '  |> limit(n: 200)',
);

export const DATA_QUALITY = dashboard({
  uid: 'fleet-quality',
  description: 'What is missing or was refused, who has fallen silent, and how much is stored.',
  from: 'now-30d',
  choose: 'several',
  panels: [
    stat({
      title: 'Missing events',
      description: 'Events that devices counted and that never came, in the trips of the chosen time.',
      size: [6, 4],
      ask: tripTotal('missing_count'),
      columns: ['missing_count'],
    }),
    stat({
      title: 'Longest gap',
      description: 'The longest time without an event inside a trip.',
      size: [6, 4],
      ask: tripTotal('longest_gap_s', 'max'),
      columns: ['longest_gap_s'],
    }),
    stat({
      title: 'Dead letters',
      description: 'What could not be taken and is kept until somebody looks at it: `fleet` lists them.',
      size: [6, 4],
      ask: flux(documents('dead-letter', ['at']), map({ letters: 'r.at' }), total('letters', 'count')),
      columns: ['letters'],
    }),
    stat({
      title: 'Series',
      description: 'Series in the bucket over the last 30 days: InfluxDB needs memory for each.',
      size: [6, 4],
      ask: flux(
        'import "influxdata/influxdb"',
        'influxdb.cardinality(bucket: v.defaultBucket, start: -30d)',
        map({ series: 'r._value' }),
        keep('series'),
      ),
      columns: ['series'],
    }),
    table({
      title: 'Trips with missing events',
      description: 'Trips of devices that count their events, with the most missing first. A click opens the trip.',
      size: [12, 9],
      ask: flux(
        trips(['end_ts', 'events', 'missing_count']),
        filter('exists r.missing_count and r.missing_count > 0.0'),
        TRIP_TIMES,
        keep('start', 'vin', 'events', 'missing_count', ...TRIP_LINK),
        '  |> sort(columns: ["missing_count"], desc: true)',
        '  |> limit(n: 100)',
      ),
      columns: ['start', 'vin', 'events', 'missing_count'],
      hidden: TRIP_LINK,
      link: { title: 'Open this trip', url: linkToTrip(), on: 'start' },
    }),
    table({
      title: 'Longest gaps',
      description: 'The longest time without an event inside each trip. A click opens the trip.',
      size: [12, 9],
      ask: flux(
        trips(['end_ts', 'longest_gap_s', 'distance_gap_km']),
        TRIP_TIMES,
        keep('start', 'vin', 'longest_gap_s', 'distance_gap_km', ...TRIP_LINK),
        '  |> sort(columns: ["longest_gap_s"], desc: true)',
        '  |> limit(n: 100)',
      ),
      columns: ['start', 'vin', 'longest_gap_s', 'distance_gap_km'],
      hidden: TRIP_LINK,
      link: { title: 'Open this trip', url: linkToTrip(), on: 'start' },
    }),
    table({
      title: 'Dead letters by reason',
      description: 'What senders that read no answers sent and could not be taken, by the problem and the device.',
      size: [8, 9],
      ask: flux(
        'import "strings"',
        documents('dead-letter', ['reason', 'at']),
        group('reason', 'owner'),
        '  |> count(column: "at")',
        group(),
        map({ device: 'strings.trimPrefix(v: r.owner, prefix: ".")', letters: 'r.at' }),
        keep('reason', 'device', 'letters'),
        '  |> sort(columns: ["letters"], desc: true)',
        '  |> limit(n: 100)',
      ),
      columns: ['reason', 'device', 'letters'],
    }),
    table({
      title: 'Devices',
      description: 'Devices with a key of their own, and when each last sent or asked for anything.',
      size: [8, 9],
      ask: DEVICES,
      columns: ['device', 'last_seen'],
    }),
    table({
      title: 'Sources',
      description: 'When the newest trip that each source had a part in ended, and its events in the chosen time.',
      size: [8, 9],
      ask: SOURCES,
      columns: ['source', 'vin', 'last_seen', 'events'],
    }),
    bars({
      title: 'Events a day',
      description: 'Events of each vehicle, by the day on which their trip began.',
      size: [12, 8],
      ask: tripSums('events', '1d'),
      columns: ['events'],
    }),
    barChart({
      title: 'Events with each signal',
      description: 'How many events of the last seven days of the chosen time had each signal.',
      size: [12, 8],
      ask: flux(
        atMost('7d'),
        events(['seq', ...SIGNAL_NAMES], { start: 'start' }),
        '  |> count()',
        group('_field'),
        '  |> sum()',
        group(),
        '  |> rename(columns: {_field: "field", _value: "events"})',
        keep('field', 'events'),
        '  |> sort(columns: ["events"], desc: true)',
        '  |> limit(n: 60)',
      ),
      columns: ['events', 'field'],
      x: 'field',
    }),
  ],
});
