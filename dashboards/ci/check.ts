/**
 * Asks a running Grafana for every panel of every dashboard and looks at every rule; saves a picture of each dashboard
 * in a folder. For the maintainers' CI: see .github/workflows/grafana.yml.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { withVariables } from '@fleet/testkit';

const GRAFANA = 'http://localhost:3000';
const FOLDER = new URL('../', import.meta.url);
const MS_PER_DAY = 86_400_000;
/** The car of the recorded drives. */
const VARIABLES = { vehicle: ['nds-omaha-1'], names: ['nds-omaha-1'], __timezone: ['utc'] };
/** Rules are looked at every minute. */
const PATIENCE_MS = 180_000;

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly query?: string; readonly refId: string }[];
  }[];
}

const faults: string[] = [];

async function ask(path: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(GRAFANA + path, body && { method: 'POST', headers, body: JSON.stringify(body) });
}

async function checkPanels({ uid, panels }: Dashboard): Promise<void> {
  const provisioned = await ask(`/api/dashboards/uid/${uid}`);
  if (!provisioned.ok) faults.push(`${uid}: ${await provisioned.text()}`);
  const range = { from: `${Date.now() - 30 * MS_PER_DAY}`, to: `${Date.now()}` };
  for (const { title, targets = [] } of panels) {
    for (const { query, refId } of targets) {
      if (query === undefined) continue;
      const datasource = { type: 'influxdb', uid: 'fleet-influxdb' };
      const asked = {
        refId,
        datasource,
        query: withVariables(query, VARIABLES),
        intervalMs: 60_000,
        maxDataPoints: 1_000,
      };
      const answer = await ask('/api/ds/query', { ...range, queries: [asked] });
      if (!answer.ok) faults.push(`${uid}, ${title}: ${await answer.text()}`);
    }
  }
}

async function takePicture({ uid }: Dashboard, folder: string): Promise<void> {
  const picture = await ask(
    `/render/d/${uid}?width=1600&height=-1&kiosk&from=now-30d&var-vehicle=${VARIABLES.vehicle}`,
  );
  if (picture.ok) writeFileSync(`${folder}/${uid}.png`, Buffer.from(await picture.arrayBuffer()));
  else faults.push(`${uid}: no picture: ${picture.status}`);
}

/** Sees a row of every vehicle, whenever it was driven: where it has no data, no alert would ever fire. */
const ALWAYS_WITH_DATA = 'Vehicle silent';

/** Every rule was looked at, and none with an error. */
async function checkRules(): Promise<void> {
  interface Rule {
    readonly name: string;
    readonly health: string;
    readonly lastError?: string;
  }
  const file = JSON.parse(readFileSync(new URL('alerting/rules-vehicles.json', FOLDER), 'utf8'));
  const expected = file.groups.flatMap(({ rules }: { rules: object[] }) => rules).length;
  for (const deadline = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 5_000))) {
    const { data } = (await (await ask('/api/prometheus/grafana/api/v1/rules')).json()) as {
      data: { groups: { rules: Rule[] }[] };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    const bad = rules.filter(
      ({ name, health }) => health !== 'ok' && (health !== 'nodata' || name === ALWAYS_WITH_DATA),
    );
    if (rules.length === expected && bad.length === 0) return;
    if (Date.now() < deadline) continue;
    faults.push(
      `${rules.length} of ${expected} rules`,
      ...bad.map((rule) => `${rule.name}: ${rule.health} ${rule.lastError}`),
    );
    return;
  }
}

const [folder = 'pictures'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const names = readdirSync(FOLDER).filter((name) => /^fleet-.*\.json$/.test(name));
for (const name of names) {
  const dashboard = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Dashboard;
  await checkPanels(dashboard);
  await takePicture(dashboard, folder);
}
await checkRules();
process.stdout.write(faults.length === 0 ? 'nothing is wrong\n' : `${faults.join('\n')}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
