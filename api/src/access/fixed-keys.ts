/** Keys that settings give, or a mounted file: beside the registry, and not to be changed over HTTP. */
import { bad, isVehicle, ok, parseTimestamp, type Result } from '@fleet/contract';
import type { FixedKey } from './directory.ts';
import { digestOf } from './key.ts';
import type { Principal } from './principal.ts';
import type { Role, VehicleScope } from './records.ts';

/** The keys of the settings `API_KEY` (a device for every vehicle) and `ADMIN_TOKEN`. */
export function keysOfSettings(apiKey: string | undefined, adminToken: string | undefined): FixedKey[] {
  return [
    ...(apiKey === undefined ? [] : [fixedKey('API_KEY', digestOf(apiKey), 'device', '*', null)]),
    ...(adminToken === undefined ? [] : [fixedKey('ADMIN_TOKEN', digestOf(adminToken), 'admin', '*', null)]),
  ];
}

/**
 * The keys in a file: `[{"name", "vehicles": ["golf"] or "*", "role"?: "device", "key", "key_file" or "sha256",
 * "expires_at"?}]`; or everything that is wrong with it, a line each. `textOf` reads a `key_file`; a key whose file is
 * not there does not hold.
 */
export function parseKeysFile(text: string, textOf: (path: string) => string): Result<FixedKey[], readonly string[]> {
  const entries = parsed(text);
  if (!Array.isArray(entries)) return bad(['is no JSON array of keys']);
  const read = entries.map((entry) => readEntry(entry, textOf));
  const faults = read.flatMap((entry, index) => (entry.ok ? [] : `entry ${index + 1} ${entry.error}`));
  return faults.length > 0 ? bad(faults) : ok(read.flatMap((entry) => (entry.ok ? entry.value : [])));
}

/** The key of an entry, or all its faults in one line. */
function readEntry(entry: unknown, textOf: (path: string) => string): Result<FixedKey, string> {
  const { name, vehicles, role = 'device', expires_at, ...rest } = (entry ?? {}) as Record<string, unknown>;
  const digest = digestIn(rest, textOf);
  const expires = expires_at === undefined ? null : parseTimestamp(`${expires_at}`);
  const faults = [
    isName(name) ? '' : 'needs a name',
    isScope(vehicles) ? '' : 'needs vehicles: a list of vehicles, or "*"',
    isRole(role) ? '' : 'has a role that is not device, viewer or admin',
    isDigest(digest) ? '' : 'needs a key, a key_file, or its sha256',
    typeof expires === 'string' ? `has an expires_at that ${expires}` : '',
  ];
  return isName(name) && isScope(vehicles) && isRole(role) && isDigest(digest) && typeof expires !== 'string'
    ? ok(fixedKey(name, digest, role, vehicles, expires))
    : bad(faults.filter(Boolean).join(', '));
}

/** Nothing that anybody could send has this digest. */
const NOBODYS = '0'.repeat(64);

/** The digest of an entry's key; nobody's while its file is not there. */
function digestIn({ key, key_file, sha256 }: Record<string, unknown>, textOf: (path: string) => string): unknown {
  if (typeof key === 'string') return digestOf(key);
  if (typeof key_file !== 'string') return sha256;
  const text = textOf(key_file).trim();
  return text === '' ? NOBODYS : digestOf(text);
}

function fixedKey(
  name: string,
  sha256: string,
  role: Role,
  vehicles: VehicleScope,
  expires_at: number | null,
): FixedKey {
  const principal: Principal = { id: `fixed/${name}`, name, role, vehicles, trip: null, session: null };
  return { sha256, principal, expires_at };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isScope(value: unknown): value is VehicleScope {
  return value === '*' || (Array.isArray(value) && value.every((name) => typeof name === 'string' && isVehicle(name)));
}

function isRole(value: unknown): value is Role {
  return value === 'device' || value === 'viewer' || value === 'admin';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
