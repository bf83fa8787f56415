/** What stands as the threshold of an alert. */
type Threshold = (alert: Alert) => number | string;

const AS_DECLARED: Threshold = ({ when }) => when.than;

import { FOLDER } from '../folder.ts';
import { SERVER_ALERTS, VEHICLE_ALERTS } from './alerts.ts';
import { contactPointFile, POLICY_FILE, WAYS } from './contact-points.ts';
import { type Alert, toRule } from './rule.ts';

/** The alerting files that Grafana reads when it starts, by their names. */
export function alertingFiles(threshold = AS_DECLARED): Readonly<Record<string, object>> {
  return {
    'rules-vehicles.json': ruleFile('Vehicles', VEHICLE_ALERTS, threshold),
    'rules-server.json': ruleFile('Server', SERVER_ALERTS, threshold),
    'policies.json': POLICY_FILE,
    ...Object.fromEntries(WAYS.map((way) => [`contact-${way.id}.json`, contactPointFile(way)])),
  };
}

/** Rules that are looked at together, every minute. */
function ruleFile(name: string, alerts: readonly Alert[], threshold: Threshold) {
  const rules = alerts.map((alert) => toRule(alert, threshold(alert)));
  return { apiVersion: 1, groups: [{ orgId: 1, name, folder: FOLDER, interval: '1m', rules }] };
}
