/**
 * Who may do what, and which name is which vehicle, in memory: asked on every request, read from the registry again when
 * it changed. Changes made by this process hold at once, those of others within two seconds.
 */
import type { Registry } from '../registry.ts';
import { digestOf } from './key.ts';
import { mayEnter, type Principal } from './principal.ts';
import type { DeviceRecord, PersonRecord, RevocationRecord, ShareRecord, VehicleRecord } from './records.ts';

/** How often other processes' changes are looked for, milliseconds. */
export const REFRESH_MS = 2_000;

/** How the ids of principals begin that are share links. */
const SHARE_ID = 'share/';

/** A key that settings or a mounted file give, beside the registry. */
export interface FixedKey {
  readonly sha256: string;
  readonly principal: Principal;
  readonly expires_at: number | null;
}

/** A principal and until when their key holds. */
interface KeyHolder {
  readonly principal: Principal;
  readonly expires_at: number | null;
}

/** What was read at one moment. */
interface Snapshot {
  readonly keys: ReadonlyMap<string, KeyHolder>;
  readonly people: ReadonlyMap<string, PersonRecord>;
  readonly revoked: ReadonlySet<string>;
  readonly vehicles: ReadonlyMap<string, VehicleRecord>;
  readonly oneNames: ReadonlyMap<string, string>;
}

const NOTHING: Snapshot = {
  keys: new Map(),
  people: new Map(),
  revoked: new Set(),
  vehicles: new Map(),
  oneNames: new Map(),
};

export class Directory {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #fixed: () => readonly FixedKey[];
  #snapshot = NOTHING;
  #version: number | undefined;

  /** `fixed` gives the keys beside the registry as they are now. */
  constructor(registry: Registry, now: () => number, fixed: () => readonly FixedKey[]) {
    this.#registry = registry;
    this.#now = now;
    this.#fixed = fixed;
  }

  /** Reads the registry again if it changed. */
  async refresh(): Promise<void> {
    const version = await this.#registry.version();
    if (version !== this.#version) {
      this.#snapshot = await this.#read();
      this.#version = version;
    }
  }

  /** Whose key it is, undefined where it is nobody's or holds no longer. */
  holderOf(key: string): Principal | undefined {
    return this.holderOfDigest(digestOf(key));
  }

  /** Every device of a name whose key holds, those beside the registry included. */
  writersNamed(name: string): readonly Principal[] {
    const holders = [...this.#snapshot.keys.values(), ...this.#fixed()];
    return holders
      .filter(
        ({ principal, expires_at }) =>
          principal.name === name && (expires_at ?? Number.POSITIVE_INFINITY) > this.#now(),
      )
      .map(({ principal }) => principal)
      .filter((principal) => mayEnter(principal, 'write'));
  }

  /** What a share link shows, by the key in it. No other key is good there: addresses are logged and passed on. */
  sharedBy(key: string): Principal | undefined {
    const principal = this.holderOf(key);
    return principal?.id.startsWith(SHARE_ID) ? principal : undefined;
  }

  /** As `holderOf`, for those who keep no more of a key than its digest. */
  holderOfDigest(digest: string): Principal | undefined {
    const holder = this.#snapshot.keys.get(digest) ?? this.#fixed().find(({ sha256 }) => sha256 === digest);
    return holder !== undefined && (holder.expires_at ?? Number.POSITIVE_INFINITY) > this.#now()
      ? holder.principal
      : undefined;
  }

  person(id: string): PersonRecord | undefined {
    return this.#snapshot.people.get(id);
  }

  /** Whether a token was taken back, or used up. */
  isRevoked(tokenId: string): boolean {
    return this.#snapshot.revoked.has(tokenId);
  }

  /** The one name of a vehicle, for whatever name it is called by. */
  resolve(name: string): string {
    return this.#snapshot.oneNames.get(name) ?? name;
  }

  /** Every name of a vehicle, its one name first. */
  namesOf(vehicle: string): readonly string[] {
    const record = this.#snapshot.vehicles.get(vehicle);
    return record === undefined || record.aliases.length === 0 ? [vehicle] : [vehicle, ...record.aliases];
  }

  /** What is kept about vehicles, by their one names. */
  get vehicles(): ReadonlyMap<string, VehicleRecord> {
    return this.#snapshot.vehicles;
  }

  async #read(): Promise<Snapshot> {
    const [devices, people, shares, vehicles, revocations] = await Promise.all([
      this.#registry.list('device'),
      this.#registry.list('person'),
      this.#registry.list('share'),
      this.#registry.list('vehicle'),
      this.#registry.list('revocation'),
    ]);
    return {
      keys: new Map([
        ...devices.flatMap(({ id, body }) => deviceKeys(id, body)),
        ...shares.map(({ id, body }) => shareKey(id, body)),
      ]),
      people: new Map(people.map(({ id, body }) => [id, body])),
      revoked: new Set(revocations.filter(({ body }) => this.#holds(body)).map(({ id }) => id)),
      vehicles: new Map(vehicles.map(({ id, body }) => [id, body])),
      oneNames: new Map(vehicles.flatMap(({ id, body }) => body.aliases.map((alias) => [alias, id] as const))),
    };
  }

  #holds({ expires_at }: RevocationRecord): boolean {
    return expires_at > this.#now();
  }
}

function deviceKeys(id: string, { name, role, vehicles, keys }: DeviceRecord): [string, KeyHolder][] {
  const principal: Principal = { id: `device/${id}`, name, role, vehicles, trip: null, session: null };
  return keys.map(({ sha256, expires_at }) => [sha256, { principal, expires_at }]);
}

function shareKey(id: string, { label, vehicles, trip_id, sha256, expires_at }: ShareRecord): [string, KeyHolder] {
  const [vehicle] = vehicles;
  const trip = trip_id === null || vehicle === undefined ? null : { vehicle, trip_id };
  const principal: Principal = { id: SHARE_ID + id, name: label, role: 'viewer', vehicles, trip, session: null };
  return [sha256, { principal, expires_at }];
}
