/** What somebody may publish and read over MQTT: asked by the broker inside, and written into Mosquitto's files. */
import { STATUS_TOPIC, stateTopic, storedTopic, telemetryTopic } from '@fleet/contract';
import type { Principal } from '../access/principal.ts';
import type { VehicleScope } from '../access/records.ts';

/** Topic filters. */
export interface Grants {
  readonly publish: readonly string[];
  readonly read: readonly string[];
}

/** What of the directory is asked. */
interface Names {
  resolve(name: string): string;
  namesOf(vehicle: string): readonly string[];
}

/** Every name of somebody's vehicles, as a level of a topic: `+` for all. */
export function nameLevels(vehicles: VehicleScope, names: Names): readonly string[] {
  return vehicles === '*' ? ['+'] : [...new Set(vehicles.flatMap((name) => names.namesOf(names.resolve(name))))];
}

/** A device publishes its vehicles' events and reads its receipts; a viewer reads states; an admin does both. */
export function grantsOf(
  { role, vehicles }: Pick<Principal, 'role' | 'vehicles'>,
  names: Names,
  prefix: string,
): Grants {
  const levels = nameLevels(role === 'admin' ? '*' : vehicles, names);
  const device = { publish: levels.map(telemetryTopic), read: levels.map(storedTopic) };
  const states = [...levels.map(stateTopic), STATUS_TOPIC];
  // Announcements are about all vehicles.
  const viewer = levels.includes('+')
    ? { publish: [birthTopic(prefix)], read: [...states, `${prefix}/#`] }
    : { publish: [], read: states };
  if (role === 'device') return device;
  if (role === 'viewer') return viewer;
  return { publish: [...device.publish, ...viewer.publish], read: [...device.read, ...viewer.read] };
}

/** Where Home Assistant says that it has started; nothing of it is kept. */
export function birthTopic(prefix: string): string {
  return `${prefix}/status`;
}
