/**
 * The tokens that may do just what is needed: the API's and Grafana's. InfluxDB chooses them; they are recognised by
 * their descriptions and by the buckets that they are for, so that none is made twice.
 */
import { HttpError } from '@influxdata/influxdb-client';
import { InfluxClient } from '../../stores/influxdb/client.ts';
import { checkAccess } from '../../stores/influxdb/influx-store.ts';
import { CommandError } from '../command-error.ts';
import type { AdminClient, Authorization, Permission } from './admin-client.ts';
import type { Place } from './buckets.ts';

/** A token as it is handed on. */
export interface Token {
  /** The name of its setting. */
  readonly setting: string;
  /** Undefined where InfluxDB has it, and does not tell it again. */
  readonly token: string | undefined;
  readonly isNew: boolean;
  /** Those that are of no use any more. */
  readonly outdated: readonly Authorization[];
}

/** Where tokens hold. */
interface Server {
  readonly url: string;
  readonly org: string;
}

/** Who gets a token, for what, and how it is tried. */
interface Purpose {
  readonly setting: string;
  readonly description: (bucket: string) => string;
  readonly permissions: (place: Place) => readonly Permission[];
  readonly verify: (token: string, server: Server, place: Place) => Promise<void>;
}

const PURPOSES: readonly Purpose[] = [
  {
    setting: 'INFLUX_TOKEN',
    description: (bucket) => `fleet API, reads and writes ${bucket} and ${bucket}_meta`,
    permissions: ({ orgID, data, meta }) =>
      [data, meta].flatMap(({ id }) => [permission('read', id, orgID), permission('write', id, orgID)]),
    verify: verifyApi,
  },
  {
    setting: 'GRAFANA_INFLUX_TOKEN',
    description: (bucket) => `fleet Grafana, reads ${bucket} and ${bucket}_meta`,
    permissions: ({ orgID, data, meta }) => [data, meta].map(({ id }) => permission('read', id, orgID)),
    verify: verifyGrafana,
  },
];

/** Finds the tokens, makes those that are missing or all with `rotate`, and tries each. */
export async function prepareTokens(
  client: AdminClient,
  org: string,
  place: Place,
  rotate: boolean,
): Promise<readonly Token[]> {
  const all = await client.authorizations(place.orgID);
  const tokens: Token[] = [];
  for (const purpose of PURPOSES) {
    const description = purpose.description(place.data.name);
    const permissions = purpose.permissions(place);
    const there = all
      .filter((one) => one.description === description && one.status === 'active' && covers(one, permissions))
      .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    const [newest] = there;
    const isNew = rotate || newest === undefined;
    const chosen = isNew ? await client.makeAuthorization(place.orgID, description, permissions) : newest;
    const token = chosen.token || undefined;
    if (token !== undefined) await purpose.verify(token, { url: client.url, org }, place);
    tokens.push({ setting: purpose.setting, token, isNew, outdated: rotate ? there.slice(1) : [] });
  }
  return tokens;
}

function permission(action: Permission['action'], id: string, orgID: string): Permission {
  return { action, resource: { type: 'buckets', id, orgID } };
}

/** Whether a token has just these rights: a bucket that was made anew has another id. */
function covers(authorization: Authorization, wanted: readonly Permission[]): boolean {
  const names = (permissions: readonly Permission[]) =>
    permissions.map(({ action, resource }) => `${action} ${resource.id}`).toSorted();
  return names(authorization.permissions).join() === names(wanted).join();
}

/** The API must do with it what it does when it starts: write both buckets, and read what it wrote. */
async function verifyApi(token: string, server: Server, { data }: Place): Promise<void> {
  await withClient(token, server, data.name, async (client) => {
    for (const bucket of [client.bucket, client.metaBucket]) {
      await checkAccess(client, { ...server, token, bucket: data.name }, bucket);
    }
  });
}

/** Grafana must be able to read what the API just wrote, and must not be able to write. */
async function verifyGrafana(token: string, server: Server, { data }: Place): Promise<void> {
  await withClient(token, server, data.name, async (client) => {
    // A query of a bucket that may not be read is answered with no rows.
    for (const bucket of [client.bucket, client.metaBucket]) {
      const read = await client.query(bucket, 'SELECT n FROM probe LIMIT 1');
      if (read.length === 0) throw new CommandError(`Grafana's token can't read ${bucket}`);
    }
    const written = await client.write(client.bucket, 'probe n=1i').then(() => undefined, statusOf);
    if (written === FORBIDDEN) return;
    throw new CommandError(`Grafana's token should not be allowed to write ${data.name}: ${written ?? 'it did'}`);
  });
}

const FORBIDDEN = 403;

function statusOf(error: Error): number | string {
  return error.cause instanceof HttpError ? error.cause.statusCode : error.message;
}

async function withClient(
  token: string,
  server: Server,
  bucket: string,
  work: (client: InfluxClient) => Promise<void>,
): Promise<void> {
  const client = new InfluxClient({ ...server, token, bucket });
  try {
    await work(client);
  } finally {
    client.close();
  }
}
