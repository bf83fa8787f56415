/** `keys.json`: who is let in beside those in the registry. Cars are in the values of another subchart than the API. */
import { SECRETS_FOLDER } from '../constructs/database-access.ts';
import { json } from '../helm/operators.ts';
import { Each, Lines, when } from '../helm/template.ts';
import { text } from '../helm/text.ts';
import { localRef, type Refs } from '../helm/values.ts';
import { CAR, CAR_KEY, CAR_NAME } from './edge/car-keys.ts';
import type { UMBRELLA_VALUES } from './umbrella.ts';

/** Who may watch, try and simulate: their keys are in Secrets, and hold only where these are there. */
export function keysFile({ api, edge }: Refs<typeof UMBRELLA_VALUES>): Lines {
  const who = text`"name": "${CAR_KEY}", "vehicles": ["${CAR_NAME}"], "role": "device"`;
  return new Lines([
    '[',
    `  {"name": "metrics", "vehicles": "*", "role": "viewer", "key_file": "${SECRETS_FOLDER}/METRICS_KEY"},`,
    `  {"name": "helm-test", "vehicles": ["helm-test"], "role": "admin", "key_file": "${SECRETS_FOLDER}/TEST_KEY"}`,
    `  ,{"name": "simulator", "vehicles": "*", "role": "device", "key_file": "${SECRETS_FOLDER}/SIMULATOR_KEY"}`,
    when(edge.enabled, [new Each(edge.cars, CAR, [text`  ,{${who}, "key_file": "${SECRETS_FOLDER}/${CAR_KEY}"}`])]),
    new Each(api.keys, 'key', [text`  ,${json(localRef('map', 'key'))}`]),
    ']',
  ]);
}
