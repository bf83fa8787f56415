/** The program: reads the environment, runs the server, greets whoever looks. */
import './young-space.ts';

import { OWNER } from './access/tokens.ts';
import { awaitStore, waitingTo } from './await-store.ts';
import type { Config } from './config.ts';
import { faultText } from './fault-text.ts';
import { knownAddresses } from './public-url.ts';
import { run } from './run.ts';
import { signInLinks } from './sign-in-links.ts';
import type { RunningServer } from './start.ts';
import { VERSION } from './version.ts';
import { letYoungSpaceGrow } from './young-space.ts';

async function main(): Promise<void> {
  const config = await awaitStore(process.env, {
    say: waitingTo(process.stderr),
    program: 'server',
    answersProbes: true,
  });
  const running = await run(config);
  letYoungSpaceGrow();
  if (process.stdout.isTTY) greet(config, running);
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
