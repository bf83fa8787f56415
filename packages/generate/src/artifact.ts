/** Files that follow from the code: written, or compared with what is there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One generated file. */
export interface Artifact {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** All of it, with a newline at the end. */
  readonly text: string;
}

/** Writes what is not as it should be; the paths that were. */
export function writeArtifacts(root: string, artifacts: readonly Artifact[]): string[] {
  const outdated = outdatedArtifacts(root, artifacts);
  for (const { path, text } of artifacts) {
    if (!outdated.includes(path)) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return outdated;
}

/** The paths of the files that are missing, or not as the code has them. */
export function outdatedArtifacts(root: string, artifacts: readonly Artifact[]): string[] {
  return artifacts.filter(({ path, text }) => textOf(join(root, path)) !== text).map(({ path }) => path);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
