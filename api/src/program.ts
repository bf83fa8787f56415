/** The server as a program: reads its settings, runs, greets whoever looks. */
import type { Environment } from '@fleet/env';
import { OWNER } from './access/tokens.ts';
import { awaitStore, waitingTo } from './await-store.ts';
import type { Config } from './config.ts';
import { knownAddresses } from './public-url.ts';
import { run } from './run.ts';
import { signInLinks } from './sign-in-links.ts';
import type { RunningServer } from './start.ts';
import { VERSION } from './version.ts';

/** Resolves when it runs; rejects with what whoever started it is to hear. */
export async function program(env: Environment): Promise<void> {
  const config = await awaitStore(env, {
    say: waitingTo(process.stderr),
    program: 'server',
    answersProbes: true,
  });
  const running = await run(config);
  if (process.stdout.isTTY) greet(config, running);
}

/** A person is looking: where the server can be reached, and, where there is no other way, how to sign in. */
function greet(config: Config, { port, services }: RunningServer): void {
  const addresses = knownAddresses(config, port);
  const lines = ['', `Fleet Telemetry ${VERSION} listens at ${addresses.join(' and ')}`];
  if (config.ADMIN_TOKEN === undefined) lines.push('', signInLinks(addresses, services.signIn.invite(OWNER)));
  process.stdout.write(`${lines.join('\n')}\n\n`);
}
