/** The organisation and the two buckets that the server works with: made where they are missing. */
import type { AdminClient, Bucket, RetentionRule } from './admin-client.ts';

/** What is wanted. */
export interface WantedBuckets {
  readonly org: string;
  /** The bucket of events; the other one is `<bucket>_meta`. */
  readonly bucket: string;
  /** How long events are kept, milliseconds; null for ever; undefined for as it is. */
  readonly retention: number | null | undefined;
  /** Of a server that was never set up; without it, nobody signs in to its pages. */
  readonly password: string | undefined;
}

/** What is there. */
export interface Place {
  readonly orgID: string;
  readonly data: Bucket;
  readonly meta: Bucket;
}

const HOUR_S = 3_600;
const DAY_S = 86_400;

/** The name of whoever owns a server that this command set up. */
const FIRST_USER = 'fleet';

/** Makes what is missing, and changes what is otherwise; `note` hears in words what was done. */
export async function prepareBuckets(
  client: AdminClient,
  { org, bucket, retention, password }: WantedBuckets,
  note: (line: string) => void,
): Promise<Place> {
  if (await client.onboard({ username: FIRST_USER, password }, org, bucket)) {
    note(`InfluxDB was never set up: it is now, INFLUX_ADMIN_TOKEN is its first token, of the user ${FIRST_USER}`);
  }
  const orgID = await prepareOrg(client, org, note);
  const rule = retention === undefined ? undefined : dataRule(retention);
  const prepare = (name: string, wanted: RetentionRule | undefined) => prepareBucket(client, orgID, name, wanted, note);
  return { orgID, data: await prepare(bucket, rule), meta: await prepare(`${bucket}_meta`, META_RULE) };
}

async function prepareOrg(client: AdminClient, name: string, note: (line: string) => void): Promise<string> {
  const found = await client.org(name);
  note(`organisation ${name}: ${found === undefined ? 'made' : 'is there'}`);
  return found ?? client.makeOrg(name);
}

async function prepareBucket(
  client: AdminClient,
  orgID: string,
  name: string,
  rule: RetentionRule | undefined,
  note: (line: string) => void,
): Promise<Bucket> {
  const found = await client.bucket(orgID, name);
  if (found === undefined) {
    const made = rule ?? dataRule(null);
    note(`bucket ${name}: made, ${ruleText(made)}`);
    return client.makeBucket(orgID, name, made);
  }
  const [present = dataRule(null)] = found.retentionRules;
  if (rule === undefined || isSame(rule, present)) {
    note(`bucket ${name}: is there, ${ruleText(present)}`);
  } else {
    await client.changeBucket(found, rule);
    note(`bucket ${name}: is now ${ruleText(rule)}; it was ${ruleText(present)}`);
  }
  return found;
}

/**
 * The rule for events. A file of a week is what InfluxDB takes by itself for what is kept for long: while drives of
 * many months are copied in, it has one part in memory for each file.
 */
function dataRule(retention: number | null): RetentionRule {
  const everySeconds = retention === null ? 0 : Math.floor(retention / 1_000);
  const isLong = everySeconds === 0 || everySeconds >= 180 * DAY_S;
  const shard = isLong ? 7 * DAY_S : everySeconds >= 2 * DAY_S ? DAY_S : HOUR_S;
  return { everySeconds, shardGroupDurationSeconds: shard };
}

/** Documents and summaries are few, and never forgotten. */
const META_RULE: RetentionRule = { everySeconds: 0, shardGroupDurationSeconds: 28 * DAY_S };

function isSame(a: RetentionRule, b: RetentionRule): boolean {
  return a.everySeconds === b.everySeconds && a.shardGroupDurationSeconds === b.shardGroupDurationSeconds;
}

function ruleText({ everySeconds, shardGroupDurationSeconds }: RetentionRule): string {
  const kept = everySeconds === 0 ? 'kept for ever' : `kept for ${spanText(everySeconds)}`;
  return `${kept}, a file for ${spanText(shardGroupDurationSeconds)}`;
}

function spanText(seconds: number): string {
  if (seconds % DAY_S === 0) return `${seconds / DAY_S}d`;
  return seconds % HOUR_S === 0 ? `${seconds / HOUR_S}h` : `${seconds}s`;
}
