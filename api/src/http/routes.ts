/** Every route of the server. */
import type { Services } from '../services.ts';
import { correctionRoutes } from './correction-routes.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { formatRoutes } from './format-routes.ts';
import { importRoutes } from './import-route.ts';
import { ingestRoutes } from './ingest-route.ts';
import { labelRoutes } from './label-routes.ts';
import { liveRoutes } from './live-route.ts';
import { peopleRoutes } from './people-routes.ts';
import { readRoutes } from './read-routes.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './session-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { tripEditRoutes } from './trip-edit-routes.ts';
import { uploadRoutes } from './upload-routes.ts';
import { vehicleRoutes } from './vehicle-routes.ts';

const FAMILIES = [
  ingestRoutes,
  formatRoutes,
  importRoutes,
  uploadRoutes,
  readRoutes,
  eventRoutes,
  liveRoutes,
  tripEditRoutes,
  correctionRoutes,
  vehicleRoutes,
  labelRoutes,
  deviceRoutes,
  peopleRoutes,
  sessionRoutes,
  deadLetterRoutes,
  systemRoutes,
];

export function allRoutes(services: Services): Route[] {
  return FAMILIES.flatMap((family) => family(services));
}
