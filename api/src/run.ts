/** Runs a server as the process's own business: until it is told to stop, or its store ends. */
import { pino } from 'pino';
import type { Config } from './config.ts';
import type { ServerParts } from './create-services.ts';
import { faultText } from './fault-text.ts';
import { HangError } from './ports.ts';
import { type RunningServer, startServer } from './start.ts';
import { VERSION } from './version.ts';

/** Starts it; it stops with SIGTERM or SIGINT, and the process with it. Throws `StartError`. */
export async function run(config: Config, parts: ServerParts = 'all'): Promise<RunningServer> {
  const log = pino({ level: config.LOG_LEVEL });
  const onDeath = (error: Error) => {
    log.fatal({ err: error }, 'the store has ended');
    process.exit(1);
  };
  const running = await startServer(config, { log, onDeath, parts });
  const { port, mqttPort } = running;
  log.info({ version: VERSION, port, ...(mqttPort !== null && { mqttPort }), store: config.STORE }, 'listening');
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
      // What is killed next must have written already; other lines are written beside the work.
      const last = pino({ level: config.LOG_LEVEL }, pino.destination({ sync: true }));
      last.warn(fault === undefined ? { err: error } : { fault }, 'ended early; all that was acknowledged is stored');
      // A thread that hangs in a system call would hold up an orderly end.
      if (error instanceof HangError) process.kill(process.pid, 'SIGKILL');
    }
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  return running;
}
