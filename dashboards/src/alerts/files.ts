/** The alerting files that Grafana reads when it starts, by their names. */
import { FOLDER } from '../folder.ts';
import { SERVER_ALERTS, VEHICLE_ALERTS } from './alerts.ts';
import { contactPointFile, POLICY_FILE, WAYS } from './contact-points.ts';
import { type Alert, toRule } from './rule.ts';

export const ALERTING_FILES: Readonly<Record<string, object>> = {
  'rules-vehicles.json': ruleFile('Vehicles', VEHICLE_ALERTS),
  'rules-server.json': ruleFile('Server', SERVER_ALERTS),
  'policies.json': POLICY_FILE,
  ...Object.fromEntries(WAYS.map((way) => [`contact-${way.id}.json`, contactPointFile(way)])),
};

/** Rules that are looked at together, every minute. */
function ruleFile(name: string, alerts: readonly Alert[]) {
  return { apiVersion: 1, groups: [{ orgId: 1, name, folder: FOLDER, interval: '1m', rules: alerts.map(toRule) }] };
}
