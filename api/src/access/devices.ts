/** Devices and their keys: made, rotated, revoked. Used by HTTP and by the command line alike. */
import { randomUUID } from 'node:crypto';
import type { Registry, RegistryDocument } from '../registry.ts';
import { digestOf, mosquittoHash, newKey } from './key.ts';
import type { DeviceRecord, KeyRecord } from './records.ts';

/** What a new device is to be. */
export type NewDevice = Pick<DeviceRecord, 'name' | 'role' | 'vehicles'> & {
  /** When its key stops to be valid, milliseconds since 1970; null for never. */
  readonly expires_at: number | null;
};

/** A device and its new key, which is shown this once. */
export interface DeviceWithKey {
  readonly device: RegistryDocument<'device'>;
  readonly key: string;
}

/** Keys of a device that are valid beside each other: the new one, and the one that it takes over from. */
const KEYS_AT_ONCE = 2;

/** Makes a device with a key. */
export async function addDevice(registry: Registry, wanted: NewDevice, now: number): Promise<DeviceWithKey> {
  const { name, role, vehicles, expires_at } = wanted;
  const { key, record } = keyFor(expires_at, now);
  const device = deviceDocument(randomUUID(), { name, role, vehicles, keys: [record] }, now);
  await registry.create(device);
  return { device, key };
}

/** Gives a device another key; the one before stays valid until the next rotation, or until `revokeOldKeys`. */
export async function rotateKey(
  registry: Registry,
  device: RegistryDocument<'device'>,
  expires_at: number | null,
  now: number,
): Promise<DeviceWithKey> {
  const { key, record } = keyFor(expires_at, now);
  const keys = [record, ...device.body.keys].slice(0, KEYS_AT_ONCE);
  const rotated = { ...device, body: { ...device.body, keys } };
  await registry.put(rotated);
  return { device: rotated, key };
}

/** How long the newest key of a device holds altogether, milliseconds; null for ever. Its next one may hold as long. */
export function lifetimeOf({ body }: RegistryDocument<'device'>): number | null {
  const [newest] = body.keys;
  return newest === undefined || newest.expires_at === null ? null : newest.expires_at - newest.created_at;
}

/** Leaves a device its newest key only. */
export async function revokeOldKeys(registry: Registry, device: RegistryDocument<'device'>): Promise<void> {
  await registry.put({ ...device, body: { ...device.body, keys: device.body.keys.slice(0, 1) } });
}

/** Takes a device's keys away, and the device with them. Its events stay. */
export async function revokeDevice(registry: Registry, id: string): Promise<boolean> {
  await registry.delete('sighting', id);
  return registry.delete('device', id);
}

/** The devices that go by an id, or by a name. */
export async function findDevices(registry: Registry, idOrName: string): Promise<RegistryDocument<'device'>[]> {
  const devices = await registry.list('device');
  return devices.filter(({ id, body }) => id === idOrName || body.name === idOrName);
}

function keyFor(expires_at: number | null, now: number): { key: string; record: KeyRecord } {
  const key = newKey();
  return { key, record: { sha256: digestOf(key), mosquitto: mosquittoHash(key), created_at: now, expires_at } };
}

function deviceDocument(id: string, body: DeviceRecord, at: number): RegistryDocument<'device'> {
  return { kind: 'device', id, owner: '', at, body };
}
