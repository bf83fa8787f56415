/** A file of settings, `NAME=value` a line, as systemd reads it. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** The settings in a file; none where there is no file. */
export function readEnvFile(file: string): Record<string, string> {
  return Object.fromEntries(linesOf(file).flatMap((line) => (isSetting(line) ? [partsOf(line)] : [])));
}

/** Sets some of a file's settings, and leaves its other lines as they are. Only its owner may read it: there is a key in it. */
export function writeEnvFile(file: string, settings: Readonly<Record<string, string>>): void {
  const left = new Map(Object.entries(settings));
  const lines = linesOf(file).map((line) => {
    const [name] = isSetting(line) ? partsOf(line) : [''];
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? line : `${name}=${value}`;
  });
  const all = [...lines, ...[...left].map(([name, value]) => `${name}=${value}`)];
  writeFileSync(file, `${all.join('\n')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .filter((line, at, all) => line !== '' || at < all.length - 1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isSetting(line: string): boolean {
  return /^\s*[A-Z][A-Z0-9_]*\s*=/.test(line);
}

function partsOf(line: string): [name: string, value: string] {
  const at = line.indexOf('=');
  return [
    line.slice(0, at).trim(),
    line
      .slice(at + 1)
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2'),
  ];
}
