/** Somebody who asks, and what they may do. */
import type { Role, VehicleScope } from './records.ts';

export interface Principal {
  /** The document that says so: `device/…`, `person/…`, `share/…`, or `env/…` for settings. */
  readonly id: string;
  /** For people to read; events of a device are marked with it. */
  readonly name: string;
  readonly role: Role;
  readonly vehicles: VehicleScope;
  /** Only this trip may be read, where it is given: a share link's. */
  readonly trip: { readonly vehicle: string; readonly trip_id: string } | null;
  /** The id of the browser session, where it is one: it can be ended. */
  readonly session: string | null;
}

/** What a route asks for. */
export type Access =
  /** Nobody need say who they are. */
  | 'open'
  /** Devices, for their vehicles, and admins. */
  | 'write'
  /** Viewers, for their vehicles, and admins. */
  | 'read'
  /** Admins only. */
  | 'admin';

/** Whether a role opens a kind of route at all; for which vehicles is asked later. */
export function mayEnter({ role, trip }: Principal, access: Access): boolean {
  if (role === 'admin') return true;
  if (access === 'read') return role === 'viewer';
  return access === 'open' || (access === 'write' && role === 'device' && trip === null);
}

/** Whether somebody's business includes a vehicle, given by its one name. */
export function coversVehicle(principal: Principal, vehicle: string, resolve: (name: string) => string): boolean {
  const { role, vehicles } = principal;
  return role === 'admin' || vehicles === '*' || vehicles.some((name) => resolve(name) === vehicle);
}
