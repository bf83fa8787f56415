/** What `fleet keys` does, in a registry. A new key is the last word of one line, for programs to take from there. */
import {
  addDevice,
  findDevices,
  lifetimeOf,
  type NewDevice,
  revokeDevice,
  revokeOldKeys,
  rotateKey,
} from '../access/devices.ts';
import { digestOf, mqttUserOf } from '../access/key.ts';
import type { DeviceRecord, Role, VehicleScope } from '../access/records.ts';
import type { Registry, RegistryDocument } from '../registry.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './context.ts';
import { tellSetup } from './tell-setup.ts';
import { table, timeText } from './words.ts';

/** A key as the command line asks for it. */
export interface KeyOptions {
  readonly name: string;
  readonly role: Role;
  readonly vehicle?: readonly string[];
  /** How long it is good, milliseconds. */
  readonly expires?: number;
  /** The name of the format that is sent with it. */
  readonly app?: string;
}

const DOES: Readonly<Record<Role, string>> = {
  device: 'may write for',
  viewer: 'may read',
  admin: 'may do everything, for',
};

/** What is to be made. Throws `CommandError` where it is not clear for which vehicles. */
export function wantedKey(options: KeyOptions, now: number): NewDevice {
  const { name, role, expires, app } = options;
  if (app !== undefined && role !== 'device') throw new CommandError(`${app} needs a key with the role device`);
  const expires_at = expires === undefined ? null : now + expires;
  return { name, role, vehicles: scopeOf(options), ...(app !== undefined && { app }), expires_at };
}

export async function addKey(context: CommandContext, registry: Registry, wanted: NewDevice): Promise<void> {
  const { out, err, now } = context;
  const namesakes = await findDevices(registry, wanted.name);
  const { device, key } = await addDevice(registry, wanted, now());
  const { name, role, vehicles, app, expires_at } = wanted;
  const allowed = `${name} ${DOES[role]} ${scopeText(vehicles)}${untilText(expires_at)}`;
  out.write(`${allowed} (id ${device.id}, MQTT user ${userOf(key)}); its key, shown this once: ${key}\n`);
  if (namesakes.length > 0) {
    err.write(`fleet: ${namesakes.length + 1} devices are called ${name} now: trips don't tell them apart\n`);
  }
  if (app !== undefined) tellSetup(context, app, key);
}

export async function listKeys({ out, now }: CommandContext, registry: Registry): Promise<void> {
  const devices = await registry.list('device');
  if (devices.length === 0) {
    out.write('There are no keys yet: fleet keys add --vehicle <vehicle> --name <name> makes one.\n');
    return;
  }
  const seen = new Map((await registry.list('sighting')).map(({ id, body }) => [id, body.at]));
  const rows = devices
    .toSorted((a, b) => a.body.name.localeCompare(b.body.name) || a.at - b.at)
    .map(({ id, body }) => [id, ...describe(body, now()), seenText(seen.get(id))]);
  out.write(table(['ID', 'NAME', 'ROLE', 'VEHICLES', 'KEYS', 'EXPIRES', 'LAST SEEN'], rows));
}

export async function rotateKeys(
  context: CommandContext,
  registry: Registry,
  idOrName: string,
  expires: number | undefined,
): Promise<void> {
  const { out, now } = context;
  const found = await findDevice(registry, idOrName);
  const lifetime = expires ?? lifetimeOf(found);
  const expires_at = lifetime === null ? null : now() + lifetime;
  const { device, key } = await rotateKey(registry, found, expires_at, now());
  const before = `the one before stays valid until \`fleet keys revoke ${device.id} --old-only\``;
  const another = `another key${untilText(expires_at)} (MQTT user ${userOf(key)})`;
  out.write(`${device.body.name} has ${another}; ${before}; shown this once: ${key}\n`);
  if (device.body.app !== undefined) tellSetup(context, device.body.app, key);
}

export async function revokeKeys(
  { out }: CommandContext,
  registry: Registry,
  idOrName: string,
  oldOnly: boolean,
): Promise<void> {
  const device = await findDevice(registry, idOrName);
  if (oldOnly) await revokeOldKeys(registry, device);
  else await revokeDevice(registry, device.id);
  const { name } = device.body;
  out.write(oldOnly ? `${name} has its newest key only.\n` : `The keys of ${name} are revoked; its events stay.\n`);
}

function scopeOf({ role, vehicle = role === 'admin' ? ['*'] : [] }: KeyOptions): VehicleScope {
  if (vehicle.includes('*')) return '*';
  if (role === 'admin') throw new CommandError('an admin may do everything for all vehicles: leave out --vehicle');
  if (vehicle.length > 0) return [...new Set(vehicle)];
  throw new CommandError("say for which vehicle the key is: --vehicle <VIN or id>, or --vehicle '*' for all");
}

async function findDevice(registry: Registry, idOrName: string): Promise<RegistryDocument<'device'>> {
  const [device, ...others] = await findDevices(registry, idOrName);
  if (device === undefined) throw new CommandError(`no device is called ${idOrName}: fleet keys list shows all`);
  if (others.length === 0) return device;
  const ids = [device, ...others].map(({ id }) => id).join(', ');
  throw new CommandError(`${others.length + 1} devices are called ${idOrName}: say which by its id, of ${ids}`);
}

function describe({ name, role, vehicles, keys }: DeviceRecord, now: number): string[] {
  const valid = keys.filter(({ expires_at }) => expires_at === null || expires_at > now);
  const scope = vehicles === '*' ? 'all' : vehicles.join(', ');
  const end = keys[0]?.expires_at ?? null;
  return [name, role, scope, `${valid.length}`, end === null ? 'never' : timeText(end)];
}

function userOf(key: string): string {
  return mqttUserOf(digestOf(key));
}

function scopeText(vehicles: VehicleScope): string {
  return vehicles === '*' ? 'all vehicles' : vehicles.join(', ');
}

function untilText(expires_at: number | null): string {
  return expires_at === null ? '' : `, until ${timeText(expires_at)}`;
}

function seenText(at: number | undefined): string {
  return at === undefined ? 'never' : timeText(at);
}
