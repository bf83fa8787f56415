/** Real programs that tests use where they are installed. */
import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** `describe` where a program is on the PATH; else the suite is skipped by its name, which says how to get the program. */
export function describeWith(program: string, flag: string): typeof describe | typeof describe.skip {
  // biome-ignore lint/style/noProcessEnv: CI says that nothing may be skipped
  const isRequired = process.env['FLEET_REQUIRE_SERVERS'] === '1';
  return isRequired || spawnSync(program, [flag]).error === undefined ? describe : describe.skip;
}
