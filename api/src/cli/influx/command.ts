/** `fleet influx setup`: prepares an InfluxDB for any number of servers. */
import { setTimeout as pause } from 'node:timers/promises';
import { durationOrOff, readSettings, secret, url } from '@fleet/env';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CONFIG_SPEC } from '../../config-spec.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { parsePositiveDuration } from '../options.ts';
import { AdminClient } from './admin-client.ts';
import { prepareBuckets } from './buckets.ts';
import { podAccess, putIntoSecret } from './kubernetes-secret.ts';
import { prepareTokens, type Token } from './tokens.ts';
import { settingLines, writeTokensFile } from './tokens-file.ts';

const EXAMPLES = `
Takes INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET and RETENTION as the server does, and INFLUX_ADMIN_TOKEN. Run again it
changes nothing that is right, and makes nothing twice. A server that was never set up is: then choose the token.

Examples:
  fleet influx setup                                       the tokens are printed
  fleet influx setup --retention 730d --tokens-file /etc/fleet/influx.env
  fleet influx setup --rotate      the tokens before stay valid until the next time`;

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** InfluxDB's own least. */
const LEAST_RETENTION_MS = 3_600_000;

/** No retention. Commander takes null for a value that is missing. */
const OFF = 'off';

const SETUP_SPEC = {
  INFLUX_URL: url({ doc: CONFIG_SPEC.INFLUX_URL.doc }),
  INFLUX_ORG: CONFIG_SPEC.INFLUX_ORG,
  INFLUX_BUCKET: CONFIG_SPEC.INFLUX_BUCKET,
  INFLUX_ADMIN_TOKEN: secret({ doc: 'Token that may do everything.' }),
  INFLUX_ADMIN_PASSWORD: secret({ doc: 'Password of the user `fleet`, for a server that was never set up.' }),
  RETENTION: durationOrOff({ doc: CONFIG_SPEC.RETENTION.doc }),
};

interface SetupOptions {
  /** Milliseconds. */
  readonly retention?: number | typeof OFF;
  readonly tokensFile?: string;
  readonly rotate?: true;
  readonly wait?: true;
  readonly kubernetesSecret?: string;
}

export function influxCommand(context: CommandContext): Command {
  const influx = new Command('influx').description('prepare an InfluxDB for STORE=influxdb');
  return influx.addCommand(
    new Command('setup')
      .description('make the organisation, the two buckets and the tokens for the API and Grafana')
      .addOption(
        new Option('--retention <time>', 'how long events are kept, as in 730d, or off').argParser(parseRetention),
      )
      .option('--tokens-file <file>', 'write the tokens to a file that only its owner may read')
      .option('--kubernetes-secret <name>', 'in a pod: put the tokens into a Secret of its namespace')
      .option('--rotate', 'make new tokens')
      .option('--wait', 'until InfluxDB answers')
      .addHelpText('after', EXAMPLES)
      .action((options: SetupOptions) => setUp(context, options)),
  );
}

async function setUp({ env, out, err }: CommandContext, options: SetupOptions): Promise<void> {
  const { client, org, bucket, retention, password } = settingsIn(env);
  const wanted = options.retention === OFF ? null : (options.retention ?? retention);
  const note = (line: string) => void err.write(`${line}\n`);
  if (options.wait) await untilThere(client, note);
  const place = await prepareBuckets(client, { org, bucket, retention: longEnough(wanted), password }, note);
  const tokens = await prepareTokens(client, org, place, options.rotate === true);
  for (const token of tokens) note(stateOf(token));
  await handOn(tokens, options, out, note);
  // Only now: until the new ones are handed on, somebody may need the old ones.
  for (const outdated of tokens.flatMap((token) => token.outdated)) await client.removeAuthorization(outdated);
}

function settingsIn(env: CommandContext['env']) {
  const read = readSettings(SETUP_SPEC, env);
  if (!read.ok) throw new CommandError(read.error.join('\n'));
  const { INFLUX_URL: address, INFLUX_ADMIN_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket } = read.value;
  if (address === undefined) throw new CommandError('INFLUX_URL is needed: the address of InfluxDB');
  if (token === undefined) throw new CommandError('INFLUX_ADMIN_TOKEN is needed: a token that may do everything there');
  const { RETENTION: retention, INFLUX_ADMIN_PASSWORD: password } = read.value;
  return { client: new AdminClient(address, token), org, bucket, retention, password };
}

async function untilThere(client: AdminClient, note: (line: string) => void): Promise<void> {
  if (await client.isThere()) return;
  note(`waiting for ${client.url}`);
  while (!(await client.isThere())) await pause(LOOK_EVERY_MS);
}

/** Gives tokens to whoever is to have them. */
async function handOn(
  tokens: readonly Token[],
  { tokensFile, kubernetesSecret }: SetupOptions,
  out: NodeJS.WritableStream,
  note: (line: string) => void,
): Promise<void> {
  if (kubernetesSecret !== undefined) {
    const isChanged = await putIntoSecret(podAccess(), kubernetesSecret, tokens);
    note(`Secret ${kubernetesSecret}: ${isChanged ? 'written' : 'is as it should be'}`);
  } else if (tokensFile !== undefined) {
    writeTokensFile(tokensFile, tokens);
    note(`${tokensFile}: written`);
  } else {
    out.write(settingLines(tokens.filter(({ isNew }) => isNew)));
  }
}

function longEnough(retention: number | null | undefined): number | null | undefined {
  if (retention == null || retention >= LEAST_RETENTION_MS) return retention;
  throw new CommandError('InfluxDB keeps points for an hour at least: --retention or RETENTION must not be shorter');
}

function stateOf({ setting, token, isNew }: Token): string {
  if (isNew) return `${setting}: made and tried`;
  const tried = token === undefined ? 'is there; InfluxDB does not tell it again' : 'is there, and was tried';
  return `${setting}: ${tried}: --rotate makes another`;
}

function parseRetention(value: string): number | typeof OFF {
  if (value === OFF) return value;
  const ms = parsePositiveDuration(value);
  if (ms >= LEAST_RETENTION_MS) return ms;
  throw new InvalidArgumentError('It must be an hour at least.');
}
