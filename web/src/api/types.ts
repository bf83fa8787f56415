/** What the API answers, as far as the pages read it; see docs/openapi.json. Times are texts as on the wire. */

export type Role = 'device' | 'viewer' | 'admin';
export type Scope = '*' | readonly string[];

/** Who is signed in. `trip_id` where a link shows that one trip only. */
export interface WhoAmI {
  readonly name: string;
  readonly role: Role;
  readonly vehicles: Scope;
  readonly trip_id: string | null;
}

export interface Vehicle {
  readonly vehicle: string;
  readonly name: string | null;
  readonly aliases: readonly string[];
  readonly last_ts: string | null;
}

/** The newest of a vehicle: signals beside what is named here. */
export interface Latest {
  readonly vehicle: string;
  readonly name: string | null;
  readonly trip_id: string;
  readonly ts: string;
  /** When those signals were measured that are older than `ts`. */
  readonly older: Readonly<Record<string, string>>;
  readonly [signal: string]: unknown;
}

export interface Position {
  readonly lat: number;
  readonly lon: number;
}

export interface Trip {
  readonly trip_id: string;
  readonly vehicle: string;
  readonly name: string | null;
  readonly note: string | null;
  readonly time_zone: string | null;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_s: number;
  readonly moving_s: number;
  readonly event_count: number;
  readonly distance_km: number;
  readonly distance_gap_km: number;
  readonly mean_speed_kph: number | null;
  readonly max_speed_kph: number | null;
  readonly first_position: Position | null;
  readonly last_position: Position | null;
  /** West, south, east, north. */
  readonly bbox: readonly [number, number, number, number] | null;
  readonly longest_gap: { readonly seconds: number; readonly from: string; readonly to: string } | null;
  readonly sources: readonly { readonly source: string; readonly event_count: number }[];
  readonly signals: readonly string[];
  readonly made_by: 'device' | 'server';
}

export interface TripDetail extends Trip {
  readonly missing_seqs: readonly (readonly [number, number])[] | null;
  readonly missing_count: number | null;
}

export interface TripPage {
  readonly trips: readonly Trip[];
  readonly next_cursor: string | null;
}

/** An event of a trip: its signals beside `ts`. */
export interface TripEvent {
  readonly ts: string;
  readonly [signal: string]: unknown;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly vehicles: Scope;
  /** What sends with it, see `vehicles/apps.ts`; null for something of one's own. */
  readonly app: string | null;
  readonly created_at: string;
  readonly last_seen_at: string | null;
  readonly keys: readonly { readonly created_at: string; readonly expires_at: string | null }[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly vehicles: Scope;
  readonly created_at: string;
}

export interface Share {
  readonly id: string;
  readonly label: string;
  readonly vehicles: readonly string[];
  readonly trip_id: string | null;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export interface DeadLetter {
  readonly id: string;
  readonly at: string;
  readonly device: string;
  readonly via: string;
  readonly type: string;
  readonly errors: readonly Fault[];
  readonly body: string;
  readonly encoding: string;
  readonly truncated: boolean;
}

export interface DeadLetterPage {
  readonly dead_letters: readonly DeadLetter[];
  readonly next_cursor: string | null;
  readonly dropped: readonly { readonly device: string; readonly count: number }[];
}

export interface SystemState {
  readonly version: string;
  readonly now: string;
  readonly uptime_s: number;
  readonly store_bytes: number;
  readonly stored_events: number;
  readonly newest_ts: string | null;
  readonly retention_s: number | null;
  readonly backup: { readonly verified_at: string | null; readonly fault: string | null } | null;
}

export interface Correction {
  readonly id: string;
  readonly vehicle: string;
  readonly kind: string;
  readonly made_at: string;
  readonly from: string;
  readonly to: string;
}

export interface HistoryPoint {
  readonly ts: string;
  readonly mean: number;
}

/** Where maps come from. */
export interface MapSource {
  readonly style_url: string | null;
  readonly tile_url: string | null;
}
