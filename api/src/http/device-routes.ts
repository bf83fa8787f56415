/** Devices and their keys. */
import { formatTimestamp, parseTimestamp } from '@fleet/contract';
import {
  addDevice,
  type DeviceWithKey,
  lifetimeOf,
  revokeDevice,
  revokeOldKeys,
  rotateKey,
} from '../access/devices.ts';
import { mqttUserOf } from '../access/key.ts';
import type { Role, VehicleScope } from '../access/records.ts';
import { formatNamed } from '../formats/formats.ts';
import { setupOf } from '../formats/setup.ts';
import type { RegistryDocument } from '../registry.ts';
import type { Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { readDocument } from './body.ts';
import { createCheck } from './check.ts';
import {
  ADD_DEVICE_DOC,
  DEVICES_DOC,
  NEW_DEVICE_SCHEMA,
  REVOKE_DEVICE_DOC,
  REVOKE_OLD_KEYS_DOC,
  ROTATE_DOC,
} from './docs/access-docs.ts';
import { bound, type Exchange, malformed, type Route, refused } from './route.ts';

export function deviceRoutes(services: Services): Route[] {
  const to = bound(services);
  const device = '/v1/devices/{id}';
  return [
    { method: 'get', path: '/v1/devices', access: 'admin', handle: to(list), doc: DEVICES_DOC },
    { method: 'post', path: '/v1/devices', access: 'admin', handle: to(add), doc: ADD_DEVICE_DOC },
    { method: 'post', path: `${device}/rotate`, access: 'admin', handle: to(rotate), doc: ROTATE_DOC },
    {
      method: 'post',
      path: `${device}/revoke-old-keys`,
      access: 'admin',
      handle: to(revokeOld),
      doc: REVOKE_OLD_KEYS_DOC,
    },
    { method: 'delete', path: device, access: 'admin', handle: to(revoke), doc: REVOKE_DEVICE_DOC },
  ];
}

interface WantedDevice {
  readonly name: string;
  readonly role?: Role;
  readonly vehicles: VehicleScope;
  readonly expires_at?: string;
  readonly app?: string;
}

const checkDevice = createCheck<WantedDevice>(NEW_DEVICE_SCHEMA, 'invalid-request');

async function list(services: Services, { res }: Exchange): Promise<void> {
  const devices = await services.registry.list('device');
  const sightings = new Map((await services.registry.list('sighting')).map(({ id, body }) => [id, body.at]));
  sendJson(res, 200, { devices: devices.map((device) => deviceToWire(device, sightings.get(device.id))) });
}

async function add(services: Services, exchange: Exchange): Promise<void> {
  const { name, role = 'device', vehicles, expires_at, app } = checkDevice(await readDocument(exchange.req));
  if (app !== undefined && role !== 'device')
    throw refused('invalid-request', `${app} needs a key with the role device`);
  const wanted = { name, role, vehicles, ...(app !== undefined && { app }), expires_at: timeOf(expires_at) };
  const made = await addDevice(services.registry, wanted, services.now());
  await answerWithKey(services, exchange, 201, made);
}

async function rotate(services: Services, exchange: Exchange): Promise<void> {
  const device = await deviceIn(services, exchange);
  const lifetime = lifetimeOf(device);
  const expires_at = lifetime === null ? null : services.now() + lifetime;
  const rotated = await rotateKey(services.registry, device, expires_at, services.now());
  await answerWithKey(services, exchange, 200, rotated);
}

async function revokeOld(services: Services, exchange: Exchange): Promise<void> {
  await revokeOldKeys(services.registry, await deviceIn(services, exchange));
  await services.directory.refresh();
  sendNothing(exchange.res);
}

async function revoke(services: Services, exchange: Exchange): Promise<void> {
  const { id } = await deviceIn(services, exchange);
  await revokeDevice(services.registry, id);
  await services.directory.refresh();
  sendNothing(exchange.res);
}

async function deviceIn({ registry }: Services, { params }: Exchange): Promise<RegistryDocument<'device'>> {
  const device = await registry.get('device', params['id'] ?? '');
  if (device === undefined) throw refused('not-found', `no device ${params['id']}`);
  return device;
}

/** The only time that the key is shown; with how the app that sends with it is set up, if it is one. */
async function answerWithKey(
  services: Services,
  { req, res }: Exchange,
  status: number,
  { device, key }: DeviceWithKey,
): Promise<void> {
  await services.directory.refresh();
  const format = formatNamed(device.body.app);
  const setup = format && setupOf(format, services.publicUrl(req), key);
  sendJson(res, status, { device: deviceToWire(device, undefined), key, ...(setup && { setup }) });
}

function deviceToWire({ id, at, body }: RegistryDocument<'device'>, seen: number | undefined) {
  return {
    id,
    name: body.name,
    role: body.role,
    vehicles: body.vehicles,
    app: body.app ?? null,
    created_at: formatTimestamp(at),
    last_seen_at: seen === undefined ? null : formatTimestamp(seen),
    keys: body.keys.map(({ sha256, created_at, expires_at }) => ({
      mqtt_user: mqttUserOf(sha256),
      created_at: formatTimestamp(created_at),
      expires_at: expires_at === null ? null : formatTimestamp(expires_at),
    })),
  };
}

function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const time = parseTimestamp(text);
  if (typeof time === 'string') throw malformed(`expires_at ${time}`);
  return time;
}
