/** `fleet keys`: the commands about keys of devices, people's programs and the like; `key-work.ts` does the work. */
import { VEHICLE_ID } from '@fleet/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import { NAME } from '../access/records.ts';
import { FORMATS } from '../formats/formats.ts';
import type { CommandContext } from './context.ts';
import { changeRegistry, inRegistry } from './in-registry.ts';
import { addKey, type KeyOptions, listKeys, revokeKeys, rotateKeys, wantedKey } from './key-work.ts';
import { parsePositiveDuration } from './options.ts';

const ADD_EXAMPLES = `
Examples:
  fleet keys add --vehicle golf --name phone
  fleet keys add --vehicle golf --vehicle WAUZZZFY0R1234567 --name "pi in the boot" --expires 90d
  fleet keys add --vehicle golf --name phone --app overland
  fleet keys add --vehicle '*' --name dashboard --role viewer`;

const APPS = FORMATS.map((format) => format.name);

const ROTATE_EXAMPLES = `
The key before stays valid until the next rotation, or until: fleet keys revoke <device> --old-only

Examples:
  fleet keys rotate phone
  fleet keys rotate phone --expires 90d`;

const REVOKE_EXAMPLES = `
Examples:
  fleet keys revoke phone              all its keys, and the device; its events stay
  fleet keys revoke phone --old-only   all but the newest, after a rotation`;

const LIST_EXAMPLES = `
Keys themselves are not kept, and can not be shown again: fleet keys rotate <device> makes another.

Examples:
  fleet keys list`;

export function keysCommand(context: CommandContext): Command {
  const keys = new Command('keys').description('make, list, rotate and revoke keys');
  keys.addCommand(addCommand(context)).addCommand(listCommand(context));
  return keys.addCommand(rotateCommand(context)).addCommand(revokeCommand(context));
}

function addCommand(context: CommandContext): Command {
  return new Command('add')
    .description('make a key; it is shown once, as the last word')
    .requiredOption('--name <name>', 'what the key is for; events are marked with it', parseName)
    .option('--vehicle <vehicle>', "VIN or id of a vehicle, may be given again; '*' for all", addVehicle)
    .addOption(new Option('--app <app>', 'what sends with it: says how to set that up').choices(APPS))
    .addOption(new Option('--role <role>', 'what it may do').choices(['device', 'viewer', 'admin']).default('device'))
    .addOption(expiresOption())
    .addHelpText('after', ADD_EXAMPLES)
    .action((options: KeyOptions) => {
      const wanted = wantedKey(options, context.now());
      return changeRegistry(context, 'make', (registry) => addKey(context, registry, wanted));
    });
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('list who has keys, for what, and when they were last used')
    .addHelpText('after', LIST_EXAMPLES)
    .action(() => inRegistry(context, 'refuse', (registry) => listKeys(context, registry)));
}

function rotateCommand(context: CommandContext): Command {
  return new Command('rotate')
    .description('make another key for a device; the one before stays valid for now')
    .argument('<device>', 'its name or id')
    .addOption(expiresOption())
    .addHelpText('after', ROTATE_EXAMPLES)
    .action((device: string, { expires }: { expires?: number }) =>
      changeRegistry(context, 'refuse', (registry) => rotateKeys(context, registry, device, expires)),
    );
}

function revokeCommand(context: CommandContext): Command {
  return new Command('revoke')
    .description('end the keys of a device')
    .argument('<device>', 'its name or id')
    .option('--old-only', 'leave its newest key')
    .addHelpText('after', REVOKE_EXAMPLES)
    .action((device: string, { oldOnly }: { oldOnly?: true }) =>
      changeRegistry(context, 'refuse', (registry) => revokeKeys(context, registry, device, oldOnly === true)),
    );
}

function expiresOption(): Option {
  return new Option('--expires <time>', 'how long the key is good, as in 90d').argParser(parsePositiveDuration);
}

function parseName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError('It must be up to 64 letters, digits, spaces and . _ @ -, a letter or digit first.');
}

function addVehicle(text: string, before: readonly string[] = []): readonly string[] {
  if (text === '*' || VEHICLE_ID.test(text)) return [...before, text];
  throw new InvalidArgumentError("It must be a VIN or an id of up to 64 letters, digits, _ and -, or '*' for all.");
}
