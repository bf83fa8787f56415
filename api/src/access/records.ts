/** What is kept about those who may do something, and about vehicles. Times are milliseconds since 1970. */

/** Names of devices and people: they appear in exports and logs. */
export const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u;

/** What a key or a person may do: write its vehicles' events, read its vehicles, or everything. */
export type Role = 'device' | 'viewer' | 'admin';

/** The vehicles that somebody has business with, by their one names; `*` for all, those to come included. */
export type VehicleScope = readonly string[] | '*';

/** One key of a device. Only its digest is kept. */
export interface KeyRecord {
  /** SHA-256 of the key, hexadecimal. */
  readonly sha256: string;
  /** The same for Mosquitto's file of passwords, see `mosquittoHash`; keys that are older than this have none. */
  readonly mosquitto?: string;
  readonly created_at: number;
  /** When it stops to be valid; null for never. */
  readonly expires_at: number | null;
}

/** Something with a key of its own: a dongle, a phone's app, a script that reads. */
export interface DeviceRecord {
  /** Events are marked with it. */
  readonly name: string;
  readonly role: Role;
  readonly vehicles: VehicleScope;
  /** During a rotation two are valid. */
  readonly keys: readonly KeyRecord[];
}

/** Somebody who signs in with a link and a browser. */
export interface PersonRecord {
  readonly name: string;
  readonly role: Exclude<Role, 'device'>;
  readonly vehicles: VehicleScope;
}

/** What people call a vehicle, and which other names its devices use. */
export interface VehicleRecord {
  readonly name: string | null;
  /** Events that name one of these are this vehicle's. */
  readonly aliases: readonly string[];
}

/** A link that shows somebody without an account some vehicles, or one trip. */
export interface ShareRecord {
  readonly label: string;
  readonly vehicles: readonly string[];
  /** Only this trip of the vehicle, where it is given. */
  readonly trip_id: string | null;
  /** SHA-256 of the link's token, hexadecimal. */
  readonly sha256: string;
  readonly expires_at: number;
}

/** Something that the server made up once and must remember. */
export interface SecretRecord {
  readonly value: string;
}

/** A sign-in link that was used, or a session that was ended; kept until it would have expired anyway. */
export interface RevocationRecord {
  readonly expires_at: number;
}

/** When a device last sent or asked for something. */
export interface SightingRecord {
  readonly at: number;
}
