/** What the apps of a vehicle call the signals that have no name here. */
import { labelsOf } from '../formats/labels.ts';
import type { Services } from '../services.ts';
import { sendJson } from './answer.ts';
import { LABELS_DOC } from './docs/format-docs.ts';
import type { Exchange, Route } from './route.ts';
import { readableVehicle, requireVehicles } from './scope.ts';

export function labelRoutes(services: Services): Route[] {
  const handle = (exchange: Exchange) => labels(services, exchange);
  return [{ method: 'get', path: '/v1/vehicles/{vehicle}/labels', access: 'read', handle, doc: LABELS_DOC }];
}

async function labels(services: Services, { res, principal, params }: Exchange): Promise<void> {
  requireVehicles(principal);
  const vehicle = readableVehicle(services, principal, params['vehicle'] ?? '');
  sendJson(res, 200, { vehicle, labels: await labelsOf(services.registry, vehicle) });
}
