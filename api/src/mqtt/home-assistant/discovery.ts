/**
 * How a vehicle is announced to Home Assistant: one device, with a sensor for each signal and a tracker for its place.
 * @see https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
 */
import { isSignalName, SIGNALS, type SignalName, STATUS_TOPIC, stateTopic } from '@fleet/contract';

/** A vehicle, as far as it is announced. */
export interface AnnouncedVehicle {
  readonly vehicle: string;
  /** As people call it. */
  readonly name: string;
  /** Signals that it has values of. */
  readonly signals: readonly string[];
}

/** What is told of the server. */
export interface Origin {
  readonly version: string;
  /** Where people reach it. */
  readonly url: string;
}

/** What Home Assistant calls what is measured, by our unit. Others are numbers with a unit. */
const CLASSES: Readonly<Record<string, string>> = {
  'km/h': 'speed',
  '°C': 'temperature',
  V: 'voltage',
  kPa: 'pressure',
  km: 'distance',
  m: 'distance',
};

/** Signals of which more is known than their unit says. */
const PARTICULARS: { readonly [name in SignalName]?: object } = {
  soc_pct: { device_class: 'battery' },
  odometer_km: { state_class: 'total_increasing' },
};

const PLACE: readonly string[] = ['lat', 'lon'];

/** Where the announcement of a vehicle is published, retained. */
export function discoveryTopic(prefix: string, vehicle: string): string {
  return `${prefix}/device/fleet_${vehicle}/config`;
}

/** The announcement. */
export function discoveryOf({ vehicle, name, signals }: AnnouncedVehicle, { version, url }: Origin): object {
  const sensors = signals.filter(isSignalName).filter((signal) => !PLACE.includes(signal));
  const tracker = signals.includes('lat') ? [['place', trackerOf(vehicle)] as const] : [];
  return {
    device: { identifiers: [`fleet_${vehicle}`], name, configuration_url: url },
    origin: { name: 'Fleet Telemetry', sw_version: version, support_url: url },
    availability_topic: STATUS_TOPIC,
    qos: 1,
    components: Object.fromEntries([
      ...sensors.map((signal) => [signal, sensorOf(vehicle, signal)] as const),
      ...tracker,
    ]),
  };
}

function sensorOf(vehicle: string, signal: SignalName): object {
  const { unit, label } = SIGNALS[signal];
  const kind = CLASSES[unit];
  return {
    platform: 'sensor',
    unique_id: `fleet_${vehicle}_${signal}`,
    name: label,
    state_topic: stateTopic(vehicle),
    value_template: `{{ value_json.${signal} }}`,
    state_class: 'measurement',
    ...(unit !== '' && { unit_of_measurement: unit }),
    ...(kind !== undefined && { device_class: kind }),
    ...PARTICULARS[signal],
  };
}

function trackerOf(vehicle: string): object {
  return {
    platform: 'device_tracker',
    unique_id: `fleet_${vehicle}_place`,
    name: 'Place',
    source_type: 'gps',
    json_attributes_topic: stateTopic(vehicle),
    json_attributes_template: "{{ {'latitude': value_json.lat, 'longitude': value_json.lon} | tojson }}",
  };
}
