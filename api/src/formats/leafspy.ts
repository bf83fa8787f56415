/**
 * Leaf Spy Pro's server logging: a query with what a Nissan Leaf says, without a time.
 * @see https://github.com/traccar/traccar LeafSpyProtocolDecoder.java
 */
import { ok, VIN } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from './format.ts';
import { answersOf } from './format.ts';
import {
  aliasesOf,
  formOf,
  PHONE_BATTERY,
  parametersOf,
  type Reading,
  type Readings,
  Signals,
  timeText,
} from './reading.ts';

const PARAMETERS: Readings = {
  RPM: { signal: 'rpm' },
  SOC: { signal: 'soc_pct' },
  SOH: { signal: 'soh_pct' },
  Odo: { signal: 'odometer_km' },
  Elv: { signal: 'altitude_m' },
  DevBat: PHONE_BATTERY,
  Gids: { signal: 'gids' },
  AHr: { signal: 'hv_capacity_ah' },
  ChrgPwr: { signal: 'charge_power_w' },
  ChrgMode: { signal: 'charge_mode' },
  PlugState: { signal: 'plug_state' },
  Wpr: { signal: 'wiper' },
  PwrSw: { signal: 'power_switch' },
};

/** In the unit that `Tunits` says. */
const TEMPERATURES: Readings = { Amb: { signal: 'ambient_c' }, BatTemp: { signal: 'hv_battery_c' } };

export const LEAFSPY: Format = {
  name: 'leafspy',
  title: 'Leaf Spy Pro',
  methods: ['get', 'post'],
  answers: answersOf({ status: 200, type: 'text/plain', body: '"status":"0"' }),
  decode,
  setup: ({ url }) => ({
    url,
    steps: [
      'Settings → Server: Enable; Http(s) as in the address above, URL: the rest of it; ID and PW may be anything',
      'Logging interval: 10 s or less',
      'It sends no time: what is sent again after a lost answer is stored again',
    ],
  }),
};

function decode({ query, body, now }: AppRequest) {
  const form = formOf(body);
  if (!form.ok) return form;
  const parameters = parametersOf([form.value, query]);
  const signals = new Signals();
  signals.addPlace(parameters.get('Lat'), parameters.get('Long'));
  signals.addAll(PARAMETERS, (name) => parameters.get(name));
  for (const [name, reading] of Object.entries(TEMPERATURES)) {
    signals.add(inCelsius(reading, parameters.get('Tunits')), parameters.get(name));
  }
  const chassis = parameters.get('VIN') ?? '';
  const isVin = VIN.test(chassis);
  const devices = aliasesOf(isVin ? undefined : chassis, parameters.get('user'), parameters.get('pass'));
  const candidates = signals
    .event(timeText(now))
    .map((event) => ({ event, devices, vin: isVin ? chassis : undefined }));
  const decoded: Decoded = { candidates };
  return ok(decoded);
}

function inCelsius(reading: Reading, unit: string | undefined): Reading {
  return unit?.toUpperCase() === 'F' ? { ...reading, times: 5 / 9, plus: -160 / 9 } : reading;
}
