/** What a process uses, as Linux tells it (proc(5)); NaN where there is no /proc. */
import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second (USER_HZ, part of its interface). */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU time that all its threads used so far. */
export function cpuSeconds(pid: number): number {
  // The second field is the command in parentheses, which may hold spaces.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** MiB that it holds in memory now. */
export function residentMib(pid: number): number {
  return statusMib(pid, 'VmRSS');
}

/** MiB that it held in memory at its peak. */
export function peakMib(pid: number): number {
  return statusMib(pid, 'VmHWM');
}

function statusMib(pid: number, name: string): number {
  const line = read(`/proc/${pid}/status`)
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  return Number(line?.match(/\d+/)?.[0] ?? Number.NaN) / 1_024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
