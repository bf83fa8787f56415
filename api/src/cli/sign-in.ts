/** `fleet signin`: a link that signs a person in, once. */
import { Command } from 'commander';
import { loadSessionKey, signInToken } from '../access/sign-in.ts';
import { OWNER, SIGNIN_MS } from '../access/tokens.ts';
import { sharedToken } from '../config.ts';
import { knownAddresses } from '../public-url.ts';
import type { Registry } from '../registry.ts';
import { signInLinks } from '../sign-in-links.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './context.ts';
import { inRegistry } from './in-registry.ts';

const EXAMPLES = `
The link leads to PUBLIC_URL, or to this machine with PORT.

Examples:
  fleet signin
  fleet signin --name Anna
  PUBLIC_URL=http://192.168.1.5:3000 fleet signin`;

export function signInCommand(context: CommandContext): Command {
  return new Command('signin')
    .description(`make a link that signs in once, within ${SIGNIN_MS / 60_000} minutes`)
    .option('--name <name>', 'a person that an admin added; without it the link is for the admin')
    .addHelpText('after', EXAMPLES)
    .action(({ name }: { name?: string }) => signIn(context, name));
}

function signIn(context: CommandContext, name: string | undefined): Promise<void> {
  const { out, now } = context;
  return inRegistry(context, 'refuse', async (registry, config) => {
    const person = name === undefined ? OWNER : await findPerson(registry, name);
    const key = await loadSessionKey(registry, sharedToken(config), now());
    const token = signInToken(key, person, now());
    out.write(`${signInLinks(knownAddresses(config, config.PORT), token)}\n`);
  });
}

async function findPerson(registry: Registry, idOrName: string): Promise<string> {
  const people = await registry.list('person');
  const [person, ...others] = people.filter(({ id, body }) => id === idOrName || body.name === idOrName);
  if (person === undefined) throw new CommandError(`nobody is called ${idOrName}: an admin adds people first`);
  if (others.length === 0) return person.id;
  const ids = [person, ...others].map(({ id }) => id).join(', ');
  throw new CommandError(`${others.length + 1} people are called ${idOrName}: say who by the id, of ${ids}`);
}
