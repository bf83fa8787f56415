/** The program: reads the environment, runs the server, greets whoever looks. */
import { networkInterfaces } from 'node:os';
import { OWNER, SIGNIN_MS } from './access/tokens.ts';
import { awaitStore, waitingTo } from './await-store.ts';
import type { Config } from './config.ts';
import { faultText } from './fault-text.ts';
import { run } from './run.ts';
import type { RunningServer } from './start.ts';
import { VERSION } from './version.ts';

async function main(): Promise<void> {
  const config = await awaitStore(process.env, {
    say: waitingTo(process.stderr),
    program: 'server',
    answersProbes: true,
  });
  const running = await run(config);
  if (process.stdout.isTTY) greet(config, running);
}

/** A person is looking: where the server can be reached, and, where there is no other way, how to sign in. */
function greet(config: Config, { port, services }: RunningServer): void {
  const addresses =
    config.PUBLIC_URL === undefined
      ? [`http://localhost:${port}`, ...localAddresses(config, port)]
      : [config.PUBLIC_URL];
  const lines = ['', `Fleet Telemetry ${VERSION} listens at ${addresses.join(' and ')}`];
  if (config.ADMIN_TOKEN === undefined) {
    const token = services.signIn.invite(OWNER);
    lines.push(
      '',
      `Sign in, once, within ${SIGNIN_MS / 60_000} minutes:`,
      ...addresses.map((address) => `  ${address}/signin?token=${token}`),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Where other machines of the network reach this one. */
function localAddresses({ HOST: host }: Config, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ family, internal }) => family === 'IPv4' && !internal);
  return outer.map(({ address }) => `http://${address}:${port}`);
}

main().catch((error: unknown) => {
  const text = faultText(error);
  if (text === undefined) throw error;
  for (const line of text.split('\n')) process.stderr.write(`fleet: ${line}\n`);
  process.exit(1);
});
