/** Every vehicle at a glance, from the summaries alone. */
import { dashboard, linkToVehicle } from '../dashboard.ts';
import { filter, flux, keep, map, total, vehicles } from '../flux.ts';
import { alertList } from '../panels/alert-list.ts';
import { bars, stat } from '../panels/kinds.ts';
import { markers } from '../panels/map.ts';
import { table } from '../panels/table.ts';
import { tripCount, tripSums, tripTotal } from '../queries.ts';

const SIGNALS = ['speed_kph', 'rpm', 'coolant_c', 'battery_v', 'fuel_level_pct', 'soc_pct', 'odometer_km'] as const;

/** From here on a vehicle is silent on the map: three days, as for its alert. */
const LONG_AGO_S = 72 * 3_600;

const HEARD = map({
  last_heard: 'time(v: r.last_ts * 1000000)',
  age_s: 'float(v: int(v: now()) - r.last_ts * 1000000) / 1000000000.0',
});

export const OVERVIEW = dashboard({
  uid: 'fleet-overview',
  description: 'Where each vehicle is, when it was last heard of, what it last said, and what alerts are about.',
  from: 'now-30d',
  refresh: '1m',
  choose: 'several',
  panels: [
    stat({
      title: 'Vehicles',
      description: 'Vehicles that have at least one trip, whenever that was.',
      size: [4, 4],
      ask: flux(vehicles(['last_ts']), map({ vehicles: 'r.last_ts' }), total('vehicles', 'count')),
      columns: ['vehicles'],
    }),
    stat({
      title: 'Trips',
      description: 'Trips that began in the chosen time.',
      size: [4, 4],
      ask: tripCount(),
      columns: ['trips'],
    }),
    stat({
      title: 'Distance',
      description: 'Kilometres of the trips that began in the chosen time, gaps included.',
      size: [4, 4],
      ask: tripTotal('distance_km'),
      columns: ['distance_km'],
    }),
    stat({
      title: 'On the road',
      description: 'Time from the first to the last event of the trips that began in the chosen time, added up.',
      size: [4, 4],
      ask: tripTotal('duration_s'),
      columns: ['duration_s'],
    }),
    stat({
      title: 'Events',
      description: 'Events of the trips that began in the chosen time.',
      size: [4, 4],
      ask: tripTotal('events'),
      columns: ['events'],
    }),
    stat({
      title: 'Missing events',
      description: 'Events that devices counted and that never came, in the trips of the chosen time.',
      size: [4, 4],
      ask: tripTotal('missing_count'),
      columns: ['missing_count'],
    }),
    table({
      title: 'Vehicles now',
      description: 'The newest of everything that each vehicle said. A click leads to its trips.',
      size: [16, 10],
      ask: flux(
        vehicles(['last_ts', 'dtcs', 'trip_count', ...SIGNALS]),
        HEARD,
        '  |> drop(columns: ["_time", "last_ts", "gone"])',
        '  |> sort(columns: ["age_s"])',
        '  |> limit(n: 500)',
      ),
      columns: ['vin', 'last_heard', 'age_s', ...SIGNALS, 'dtcs', 'trip_count'],
      link: { title: 'Trips', url: linkToVehicle('fleet-trips'), on: 'vin' },
    }),
    alertList({
      title: 'Alerts',
      description: 'Alerts that fire now, or soon if what they are about lasts.',
      size: [8, 10],
    }),
    markers({
      title: 'Last positions',
      description: 'Where each vehicle was when it last said so.',
      size: [24, 12],
      ask: flux(
        vehicles(['last_ts', 'lat', 'lon']),
        filter('exists r.lat and exists r.lon'),
        HEARD,
        keep('vin', 'lat', 'lon', 'last_heard', 'age_s'),
        '  |> limit(n: 500)',
      ),
      columns: ['age_s', 'vin', 'last_heard'],
      colour: 'age_s',
      red: LONG_AGO_S,
      label: 'vin',
    }),
    bars({
      title: 'Events a day',
      description: 'Events of each vehicle, by the day on which their trip began.',
      size: [12, 8],
      ask: tripSums('events', '1d'),
      columns: ['events'],
    }),
    bars({
      title: 'Kilometres a day',
      description: 'Distance of each vehicle, by the day on which its trip began.',
      size: [12, 8],
      ask: tripSums('distance_km', '1d'),
      columns: ['distance_km'],
    }),
  ],
});
