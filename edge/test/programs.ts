/** Real programs that tests use where they are installed. */
import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** `describe` where a program is on the PATH; else the suite is skipped by its name, which says how to get the program. */
export function describeWith(program: string, flag: string): typeof describe | typeof describe.skip {
  // biome-ignore lint/style/noProcessEnv: CI says that nothing may be skipped
  const isRequired = process.env['FLEET_REQUIRE_SERVERS'] === '1';
  return isRequired || spawnSync(program, [flag]).error === undefined ? describe : describe.skip;
}

/** How much of a long test is done: all of it where `FLEET_EDGE_THOROUGH=1` says so. */
export function amount(usual: number, all: number): number {
  // biome-ignore lint/style/noProcessEnv: said to tests, not to the program
  return process.env['FLEET_EDGE_THOROUGH'] === '1' ? all : usual;
}
