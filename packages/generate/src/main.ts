/** `npm run generate` writes every generated file; with `--check` it only names those that are out of date. */
import { fileURLToPath } from 'node:url';
import { outdatedArtifacts, writeArtifacts } from './artifact.ts';
import { allArtifacts } from './artifacts.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function main(args: readonly string[]): void {
  const artifacts = allArtifacts();
  if (args.includes('--check')) {
    const outdated = outdatedArtifacts(ROOT, artifacts);
    for (const path of outdated) process.stderr.write(`${path} is not what the code makes: npm run generate\n`);
    process.exitCode = outdated.length > 0 ? 1 : 0;
  } else {
    for (const path of writeArtifacts(ROOT, artifacts)) process.stdout.write(`${path}\n`);
  }
}

main(process.argv.slice(2));
