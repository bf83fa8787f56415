/**
 * In a cluster, servers, their store and its tokens start at once, in any order. Whoever works with `STORE=influxdb` waits
 * here for what comes later, as long as it takes, and says once what it waits for.
 */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { PROBLEM_MEDIA_TYPE, problem, problemDocument } from '@fleet/contract';
import { type Environment, secretFilesOf } from '@fleet/env';
import { type Config, loadConfig, type Program } from './config.ts';
import { CONFIG_SPEC } from './config-spec.ts';
import { influxOptions } from './open-store.ts';

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 1_000;

export interface AwaitOptions {
  /** Hears what is waited for, and hears it again only when it is something else. */
  readonly say: (fault: string) => void;
  readonly program: Program;
  /** Whether probes are answered meanwhile, on the port of the server: it is alive, and not ready. */
  readonly answersProbes: boolean;
  readonly signal?: AbortSignal;
}

/** The configuration, when the store that it names can be used. Throws `StartError` for what no waiting changes. */
export async function awaitStore(
  env: Environment,
  { say, program, answersProbes, signal }: AwaitOptions,
): Promise<Config> {
  let said: string | undefined;
  let server: Server | undefined;
  try {
    for (;;) {
      const fault = env['STORE']?.trim() === 'influxdb' ? await faultOf(env, program) : undefined;
      if (fault === undefined) return loadConfig(env, program);
      if (fault !== said) say(fault);
      said = fault;
      server ??= answersProbes ? answerProbes(env) : undefined;
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    await closed(server);
  }
}

/** Says it as the program's own words. */
export function waitingTo(out: { write(text: string): unknown }): (fault: string) => void {
  return (fault) => void out.write(`fleet: waiting: ${fault}\n`);
}

/** What is not there yet. */
async function faultOf(env: Environment, program: Program): Promise<string | undefined> {
  const files = Object.entries(secretFilesOf(CONFIG_SPEC, env));
  const missing = files.find(([, path]) => !existsSync(path));
  if (missing !== undefined) return `${missing[0]}_FILE=${missing[1]} is not there yet`;
  const { influxFault } = await import('./stores/influxdb/influx-store.ts');
  return influxFault(influxOptions(loadConfig(env, program)).server);
}

function answerProbes(env: Environment): Server {
  const unready = JSON.stringify(problemDocument(problem('store-unavailable', 'the store is not reached yet')));
  const server = createServer(({ url }, res) => {
    if (url === '/healthz') res.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    else res.writeHead(503, { 'content-type': PROBLEM_MEDIA_TYPE, 'retry-after': '5' }).end(unready);
  });
  // The server itself will say what is wrong with its port.
  server.on('error', () => {});
  return server.listen(Number(env['PORT'] ?? CONFIG_SPEC.PORT.default), env['HOST'] ?? CONFIG_SPEC.HOST.default);
}

async function closed(server: Server | undefined): Promise<void> {
  if (server?.listening !== true) return;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
