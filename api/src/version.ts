/** The version of this program, and when it was built. */
import { readFileSync, statSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

/** Milliseconds since 1970; a clock that is before this was never set. */
export const BUILT_AT = statSync(new URL(import.meta.url)).mtimeMs;
