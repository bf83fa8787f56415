/** `npm run generate` writes every generated file; with `--check` it only names those that are out of date. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outdatedArtifacts, strayFiles, writeArtifacts } from './artifact.ts';
import { allArtifacts, GENERATED_FOLDERS } from './artifacts.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function main(args: readonly string[]): void {
  const artifacts = allArtifacts();
  const stray = strayFiles(ROOT, GENERATED_FOLDERS, artifacts);
  if (args.includes('--check')) {
    const outdated = outdatedArtifacts(ROOT, artifacts);
    for (const path of outdated) process.stderr.write(`${path} is not what the code makes: npm run generate\n`);
    for (const path of stray) process.stderr.write(`${path} is made by nothing any more: npm run generate\n`);
    process.exitCode = outdated.length + stray.length > 0 ? 1 : 0;
  } else {
    for (const path of stray) rmSync(join(ROOT, path));
    for (const path of writeArtifacts(ROOT, artifacts)) process.stdout.write(`${path}\n`);
  }
}

main(process.argv.slice(2));
