/** All dashboards, and the files of alerts. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DRIVING_DASHBOARD } from './dashboards/driving.ts';
import { ENGINE_HEALTH } from './dashboards/engine.ts';
import { LIVE_MAP } from './dashboards/live.ts';
import { OVERVIEW } from './dashboards/overview.ts';
import { DATA_QUALITY } from './dashboards/quality.ts';
import { SYSTEM } from './dashboards/system.ts';
import { TRIP_DETAIL } from './dashboards/trip.ts';
import { TRIP_OVERVIEW } from './dashboards/trips.ts';

/** In the order in which people would look. */
export const DASHBOARDS: readonly Dashboard[] = [
  OVERVIEW,
  TRIP_OVERVIEW,
  TRIP_DETAIL,
  LIVE_MAP,
  ENGINE_HEALTH,
  DRIVING_DASHBOARD,
  DATA_QUALITY,
  SYSTEM,
];

export { SERVER_ALERTS, VEHICLE_ALERTS } from './alerts/alerts.ts';
export { CONTACT_POINT, WAYS } from './alerts/contact-points.ts';
export { alertingFiles } from './alerts/files.ts';
export type { Alert, Rule } from './alerts/rule.ts';
