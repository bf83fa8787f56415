/** Which vehicle a request is about that does not say so in our words: apps know phones, not cars. */
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { Principal } from './principal.ts';

/** What of the directory is asked. */
export interface VehicleNames {
  resolve(name: string): string;
  readonly vehicles: ReadonlyMap<string, unknown>;
}

/** What an app says of where it is. */
export interface AppNames {
  readonly vin?: string | undefined;
  /** What the app calls itself, the best name first. */
  readonly devices: readonly string[];
}

/**
 * The one name of the vehicle: the VIN's if it is known, else the key's only vehicle, else the one that has the app's
 * own name among its names. Whether the key may write for it is asked later.
 */
export function chooseVehicle(
  { role, vehicles }: Principal,
  names: VehicleNames,
  { vin, devices }: AppNames,
): Result<string, Problem> {
  const all = role === 'admin' || vehicles === '*';
  const own = all ? [] : [...new Set(vehicles.map((name) => names.resolve(name)))];
  const isKnown = (vehicle: string) => own.includes(vehicle) || names.vehicles.has(vehicle);
  const byVin = vin === undefined ? undefined : names.resolve(vin);
  if (byVin !== undefined && isKnown(byVin)) return ok(byVin);
  const [only] = own;
  if (only !== undefined && own.length === 1) return ok(only);
  const known = devices
    .map((name) => names.resolve(name))
    .find((vehicle) => (all ? isKnown(vehicle) : own.includes(vehicle)));
  return known === undefined ? unknown(vin ?? devices[0]) : ok(known);
}

function unknown(name: string | undefined): Result<never, Problem> {
  const detail =
    name === undefined
      ? 'this key has several vehicles, and the app does not say which device it is: give it a key for one vehicle'
      : `this key has several vehicles, and ${name} is none of their names: add it to the aliases of one of them, and resubmit`;
  return bad(problem('vehicle-not-allowed', detail, [{ pointer: '', detail }]));
}
