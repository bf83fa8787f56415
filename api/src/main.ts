/** The program: reads the environment, starts the server, stops it when it is told to. */
import { pino } from 'pino';
import { OWNER } from './access/tokens.ts';
import { type Config, loadConfig } from './config.ts';
import { faultText } from './fault-text.ts';
import { HangError } from './ports.ts';
import { knownAddresses } from './public-url.ts';
import { signInLinks } from './sign-in-links.ts';
import { type RunningServer, startServer } from './start.ts';
import { VERSION } from './version.ts';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL });
  const onDeath = (error: Error) => {
    log.fatal({ err: error }, 'the store has ended');
    process.exit(1);
  };
  const running = await startServer(config, { log, onDeath });
  log.info({ version: VERSION, port: running.port, store: config.STORE }, 'listening');
  if (process.stdout.isTTY) greet(config, running);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    try {
      await running.stop();
      log.info('stopped');
    } catch (error) {
      const fault = faultText(error);
      log.warn(fault === undefined ? { err: error } : { fault }, 'ended early; all that was acknowledged is stored');
      // A thread that hangs in a system call would hold up an orderly end.
      if (error instanceof HangError) process.kill(process.pid, 'SIGKILL');
    }
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

/** A person is looking: where the server can be reached, and, where there is no other way, how to sign in. */
function greet(config: Config, { port, services }: RunningServer): void {
  const addresses = knownAddresses(config, port);
  const lines = ['', `Fleet Telemetry ${VERSION} listens at ${addresses.join(' and ')}`];
  if (config.ADMIN_TOKEN === undefined) lines.push('', signInLinks(addresses, services.signIn.invite(OWNER)));
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

main().catch((error: unknown) => {
  const text = faultText(error);
  if (text === undefined) throw error;
  for (const line of text.split('\n')) process.stderr.write(`fleet: ${line}\n`);
  process.exit(1);
});
