/** `fleet secrets init`: makes the Secrets of the chart for those who let nothing be made by chance while they install. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { missingSecrets, type PresentSecret } from './missing-secrets.ts';

const EXAMPLES = `
Asks the cluster, by kubectl, which Secrets are there, and writes those that are missing: a manifest for kubectl apply.
What is there is never made anew. For the chart with global.secrets.generate=false, and for plain manifests.

Examples:
  fleet secrets init --namespace fleet | kubectl apply -f -`;

interface InitOptions {
  readonly release: string;
  readonly namespace: string;
  readonly car: readonly string[];
}

export function secretsCommand(context: CommandContext): Command {
  return new Command('secrets').description("make the chart's passwords and keys").addCommand(
    new Command('init')
      .description('write the Secrets that are missing')
      .option('--release <name>', "the release's name", 'fleet')
      .option('--namespace <name>', 'where it is installed', 'fleet')
      .option('--car <name>', 'one of `edge.cars`; again for each', (name, names: string[]) => [...names, name], [])
      .addHelpText('after', EXAMPLES)
      .action((options: InitOptions) => init(context, options)),
  );
}

async function init({ out, err }: CommandContext, { car: cars, ...where }: InitOptions): Promise<void> {
  const missing = missingSecrets({ ...where, cars }, await presentSecrets(where.namespace));
  for (const { made, manifest } of missing) err.write(`${manifest.metadata.name}: ${made.join(', ')}\n`);
  if (missing.length === 0) err.write('all Secrets are there\n');
  const items = missing.map(({ manifest }) => manifest);
  out.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`);
}

async function presentSecrets(namespace: string): Promise<readonly PresentSecret[]> {
  const args = ['get', 'secrets', '--namespace', namespace, '--output', 'json'];
  const { stdout } = await promisify(execFile)('kubectl', args, { maxBuffer: 2 ** 26 }).catch(
    (error: Error & { stderr?: string; code?: string }) => {
      const words = error.code === 'ENOENT' ? 'it is not on the PATH' : error.stderr?.trim() || error.message;
      throw new CommandError(`kubectl must tell which Secrets are there: ${words}`);
    },
  );
  return (JSON.parse(stdout) as { items: PresentSecret[] }).items;
}
