/** Files that follow from the code: written, or compared with what is there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

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

/** The files in folders of generated files that nothing makes any more. */
export function strayFiles(root: string, folders: readonly string[], artifacts: readonly Artifact[]): string[] {
  const made = new Set(artifacts.map(({ path }) => path));
  const present = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }));
  return present
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !made.has(path));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
