/** `fleet-edge setup`: asks for the settings, or takes them from options, and writes them. */
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { type CommandContext, CommandError, type CommonOptions } from './context.ts';
import { readEnvFile, writeEnvFile } from './env-file.ts';

/** What is asked for: the option, the setting, the question. */
const QUESTIONS = [
  ['server-url', 'SERVER_URL', 'Address of your server'],
  ['device-key', 'DEVICE_KEY', 'Key of this device (npx fleet keys add --vehicle golf --name edge, on the server)'],
  ['vehicle', 'VEHICLE', 'Name of the vehicle there (empty: what the key is for)'],
  ['obd', 'OBD_URL', 'Dongle: /dev/ttyUSB0, /dev/rfcomm0, tcp://192.168.0.10:35000 (empty: none)'],
  ['gnss', 'GNSS_URL', 'Receiver: gpsd://localhost, /dev/ttyACM0 (empty: none)'],
  ['data-dir', 'DATA_DIR', 'Folder of the outbox (empty: edge-data, where it is started)'],
] as const;

export function setupCommand(context: CommandContext): Command {
  const command = new Command('setup')
    .description('write the file of settings; asks for what is not given as an option')
    .option('--env <file>', 'file of settings', 'edge.env');
  for (const [option, setting] of QUESTIONS) command.option(`--${option} <value>`, setting);
  return command.action((options: CommonOptions & Readonly<Record<string, string>>) => setup(context, options));
}

async function setup(
  context: CommandContext,
  options: CommonOptions & Readonly<Record<string, string>>,
): Promise<void> {
  const known = readEnvFile(options.env);
  const given = Object.fromEntries(QUESTIONS.map(([option, setting]) => [setting, options[camelCase(option)]]));
  const isAsked = Object.values(given).every((value) => value === undefined);
  if (isAsked && !context.input.isTTY)
    throw new CommandError('say the settings as options: npx fleet-edge setup --help');
  const answers = isAsked ? await askAll(context, known) : given;
  const settings = Object.fromEntries(
    Object.entries(answers).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  loadConfig({ ...known, ...settings });
  writeEnvFile(options.env, settings);
  const where = options.env === 'edge.env' ? '' : ` --env ${options.env}`;
  context.out.write(`${options.env} is written. Next: npx fleet-edge doctor${where}\n`);
}

async function askAll({ input, out }: CommandContext, known: Readonly<Record<string, string>>) {
  const terminal = createInterface({ input, output: out });
  const answers: Record<string, string> = {};
  for (const [, setting, question] of QUESTIONS) {
    const before = known[setting];
    const shown = before === undefined ? '' : ` [${setting === 'DEVICE_KEY' ? 'as it is' : before}]`;
    answers[setting] = (await terminal.question(`${question}${shown}: `)).trim();
  }
  terminal.close();
  return answers;
}

function camelCase(option: string): string {
  return option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
