/** What people call their vehicles, and which names are one vehicle. */
import { VEHICLE_ID } from '@fleet/contract';
import type { VehicleRecord } from '../access/records.ts';
import type { Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { readDocument } from './body.ts';
import { createCheck } from './check.ts';
import { FORGET_VEHICLE_DOC, PUT_VEHICLE_DOC, VEHICLE_SCHEMA } from './docs/access-docs.ts';
import { bound, type Exchange, malformed, type Route, refused } from './route.ts';

export function vehicleRoutes(services: Services): Route[] {
  const to = bound(services);
  const path = '/v1/vehicles/{vehicle}';
  return [
    { method: 'put', path, access: 'admin', handle: to(put), doc: PUT_VEHICLE_DOC },
    { method: 'delete', path, access: 'admin', handle: to(forget), doc: FORGET_VEHICLE_DOC },
  ];
}

const checkVehicle = createCheck<Partial<VehicleRecord>>(VEHICLE_SCHEMA, 'invalid-request');

async function put(services: Services, exchange: Exchange): Promise<void> {
  const { registry, directory, now } = services;
  const vehicle = vehicleIn(exchange);
  const wanted = checkVehicle(await readDocument(exchange.req));
  await directory.refresh();
  const before = directory.vehicles.get(vehicle);
  const body: VehicleRecord = {
    name: wanted.name === undefined ? (before?.name ?? null) : wanted.name,
    aliases: wanted.aliases ?? before?.aliases ?? [],
  };
  checkNames(services, vehicle, body.aliases);
  await registry.put({ kind: 'vehicle', id: vehicle, owner: '', at: now(), body });
  await directory.refresh();
  sendJson(exchange.res, 200, { vehicle, ...body });
}

async function forget({ registry, directory }: Services, exchange: Exchange): Promise<void> {
  const vehicle = vehicleIn(exchange);
  if (!(await registry.delete('vehicle', vehicle))) throw refused('not-found', `nothing is kept about ${vehicle}`);
  await directory.refresh();
  sendNothing(exchange.res);
}

/** A name means one vehicle: an alias can't be another's, nor a vehicle that has aliases of its own. */
function checkNames({ directory }: Services, vehicle: string, aliases: readonly string[]): void {
  const taker = directory.resolve(vehicle);
  if (taker !== vehicle) throw refused('conflict', `${vehicle} is an alias of ${taker}`);
  for (const alias of aliases) {
    const owner = directory.resolve(alias);
    const own = directory.vehicles.get(alias)?.aliases ?? [];
    if (alias === vehicle) throw refused('conflict', `${alias} is the vehicle's one name already`);
    if (owner !== alias && owner !== vehicle) throw refused('conflict', `${alias} is an alias of ${owner}`);
    if (own.length > 0) throw refused('conflict', `${alias} has aliases of its own: ${own.join(', ')}`);
  }
}

function vehicleIn({ params }: Exchange): string {
  const vehicle = params['vehicle'] ?? '';
  if (!VEHICLE_ID.test(vehicle)) throw malformed('a vehicle is 1 to 64 of A-Z, a-z, 0-9, _ and -');
  return vehicle;
}
