/** A server of the demo's own: in a folder that is forgotten, with keys to use it. */
import { pino } from 'pino';
import { addDevice } from '../../access/devices.ts';
import type { Role } from '../../access/records.ts';
import { OWNER } from '../../access/tokens.ts';
import { loadConfig } from '../../config.ts';
import { StartError } from '../../ports.ts';
import { type RunningServer, startServer } from '../../start.ts';
import type { CommandContext } from '../context.ts';

export interface DemoServer {
  /** Where people reach it, without a slash at the end. */
  readonly url: string;
  /** A key that writes for every vehicle. */
  readonly deviceKey: string;
  /** A key that reads every vehicle. */
  readonly viewerKey: string;
  /** A link that signs in, once. */
  readonly signInUrl: string;
  stop(): Promise<void>;
}

/** The port that people expect; another one is taken where it is in use. */
const PORT = '3000';
/** Between two of the drives there are never less than 149 s without an event, inside of one never more than 74 s. */
const TRIP_IDLE_TIMEOUT = '100s';

/** Starts it on this machine only, unless `HOST` says otherwise; on `PORT` if that is set. */
export async function startDemoServer(folder: string, { env }: CommandContext): Promise<DemoServer> {
  const { HOST = '127.0.0.1', PORT: wanted } = env;
  const settings = { DATA_DIR: folder, TRIP_IDLE_TIMEOUT, HOST, MQTT_LISTEN: 'off' };
  const running = await start({ ...settings, PORT: wanted ?? PORT }).catch((error) => {
    if (wanted !== undefined || !isPortInUse(error)) throw error;
    return start({ ...settings, PORT: '0' });
  });
  const { services } = running;
  const url = services.publicUrl();
  return {
    url,
    deviceKey: await makeKey(running, 'demo car', 'device'),
    viewerKey: await makeKey(running, 'demo viewer', 'viewer'),
    signInUrl: `${url}/signin?token=${services.signIn.invite(OWNER)}`,
    stop: () => running.stop(),
  };
}

function start(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  return startServer(loadConfig(env), { log: pino({ level: 'warn' }, pino.destination(2)) });
}

async function makeKey({ services }: RunningServer, name: string, role: Role): Promise<string> {
  const wanted = { name, role, vehicles: '*', expires_at: null } as const;
  const { key } = await addDevice(services.registry, wanted, services.now());
  await services.directory.refresh();
  return key;
}

function isPortInUse(error: unknown): boolean {
  return error instanceof StartError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
}
