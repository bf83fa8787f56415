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
 * The keys in a file: `[{"name", "vehicles": ["golf"] or "*", "role"?: "device", "key" or "sha256", "expires_at"?}]`; or
 * what is wrong with it, in one line.
 */
export function parseKeysFile(text: string): Result<FixedKey[], string> {
  const entries = parsed(text);
  if (!Array.isArray(entries)) return bad('is no JSON array of keys');
  const keys: FixedKey[] = [];
  for (const [index, entry] of entries.entries()) {
    const key = readEntry(entry);
    if (typeof key === 'string') return bad(`entry ${index + 1} ${key}`);
    keys.push(key);
  }
  return ok(keys);
}

function readEntry(entry: unknown): FixedKey | string {
  const { name, vehicles, role = 'device', key, sha256, expires_at } = (entry ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return 'needs a name';
  if (!isScope(vehicles)) return 'needs vehicles: a list of vehicles, or "*"';
  if (!isRole(role)) return 'has a role that is not device, viewer or admin';
  const digest = typeof key === 'string' ? digestOf(key) : sha256;
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return 'needs a key, or its sha256';
  const expires = expires_at === undefined ? null : parseTimestamp(`${expires_at}`);
  return typeof expires === 'string'
    ? `has an expires_at that ${expires}`
    : fixedKey(name, digest, role, vehicles, expires);
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
