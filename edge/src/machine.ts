/** The machine that this runs on: its clocks, its boot, when the program was built. */
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Clock, Log } from './ports.ts';

const manifest = new URL('../package.json', import.meta.url);

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

/** Milliseconds since 1970; a clock that is before this was never set. */
export const BUILT_AT = statSync(new URL(import.meta.url)).mtimeMs;

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

export const MACHINE_CLOCK: Clock = {
  monoMs: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  systemMs: Date.now,
};

/** The same for every process since the machine was started; where that can't be told, one for this process. */
export function bootId(): string {
  try {
    return readFileSync(BOOT_ID_FILE, 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

/** Lines for the journal, which puts the time before them. */
export function createLog(out: NodeJS.WritableStream): Log {
  return {
    info: (text) => void out.write(`${text}\n`),
    warn: (text) => void out.write(`warning: ${text}\n`),
  };
}
