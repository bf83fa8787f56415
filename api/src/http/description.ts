/** The description of the whole API, without a server to describe. */
import type { Services } from '../services.ts';
import { openApi } from './openapi.ts';
import { allRoutes } from './routes.ts';

/** An OpenAPI document. */
export function describeApi(): object {
  // Routes are only looked at: none is called, so there is nothing that they could work with.
  return openApi(allRoutes({} as Services));
}
