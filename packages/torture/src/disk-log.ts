/**
 * What a process did with its files and what it told others, in order, as strace wrote it down; and what may be on the
 * disk when the power is cut at any moment of that: what was synced, and of the rest anything, sector by sector.
 */
import type { Random } from '@fleet/testkit';

/** Moments are lines of the log: a call that others interrupt begins at one and ends at a later one. */
interface Call {
  readonly began: number;
  readonly ended: number;
}

export type Step =
  | (Call & { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer })
  | (Call & { readonly kind: 'resize'; readonly file: string; readonly size: number })
  | (Call & { readonly kind: 'sync'; readonly file: string })
  /** It wrote to a socket. */
  | (Call & { readonly kind: 'said'; readonly bytes: Buffer });

/** The calls that are heard. */
export const CALLS = ['pwrite64', 'ftruncate', 'fsync', 'fdatasync', 'write', 'writev'] as const;
/** How strace is to write them down. */
export const LOG_OPTIONS = ['-y', '-xx', '-s', '1048576', '-e', `trace=${CALLS.join(',')}`] as const;

/** What disks write at once. */
const SECTOR_BYTES = 512;

/** The steps in a log that was written with `LOG_OPTIONS`, in the order in which they began. Calls that failed are none. */
export function stepsIn(lines: readonly string[]): Step[] {
  const open = new Map<string, { readonly text: string; readonly began: number }>();
  const steps: Step[] = [];
  for (const [moment, line] of lines.entries()) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = / <unfinished \.\.\.>$/.exec(text);
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    if (unfinished) open.set(thread, { text: text.slice(0, unfinished.index), began: moment });
    else if (resumed) {
      const call = open.get(thread);
      open.delete(thread);
      if (call !== undefined) add(steps, `${call.text}${resumed[1]}`, { began: call.began, ended: moment });
    } else add(steps, text, { began: moment, ended: moment });
  }
  // Whoever listens may have heard what was not finished.
  for (const { text, began } of open.values()) add(steps, `${text}) = 0`, { began, ended: Number.POSITIVE_INFINITY });
  return steps.sort((a, b) => a.began - b.began);
}

function add(steps: Step[], text: string, call: Call): void {
  const [, name, path = '', rest = ''] = /^(\w+)\(\d+<([^>]*)>,? ?(.*)\) += \d+/.exec(text) ?? [];
  if (name === undefined) return;
  const file = unescaped(path).toString();
  if (name === 'pwrite64') {
    const at = Number(/, (\d+)$/.exec(rest)?.[1]);
    steps.push({ ...call, kind: 'write', file, at, bytes: quotedIn(rest) });
  } else if (name === 'ftruncate') steps.push({ ...call, kind: 'resize', file, size: Number(rest) });
  else if (name.endsWith('sync')) steps.push({ ...call, kind: 'sync', file });
  else if (file.startsWith('socket:')) steps.push({ ...call, kind: 'said', bytes: quotedIn(rest) });
}

/** All that stands in quotes, one behind the other. */
function quotedIn(text: string): Buffer {
  return Buffer.concat([...text.matchAll(/"([^"]*)"/g)].map(([, quoted = '']) => unescaped(quoted)));
}

function unescaped(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}

/** A file as it may be after a power cut at a moment, of which `before` is what it was at the beginning. */
export function afterPowerCut(before: Buffer, steps: readonly Step[], moment: number, random: Random): Buffer {
  const calls = steps.filter(({ began }) => began < moment);
  const syncs = calls.filter(({ kind, ended }) => kind === 'sync' && ended < moment);
  const lastSync = Math.max(-1, ...syncs.map(({ began }) => began));
  const image = Buffer.alloc(Math.max(before.length, ...calls.map(endOf)));
  let size = before.copy(image);
  for (const call of calls) {
    const isSafe = call.ended < lastSync;
    if (!isSafe && random() < 0.5) continue;
    if (call.kind === 'resize') {
      image.fill(0, Math.min(size, call.size));
      size = call.size;
    } else if (call.kind === 'write') {
      write(image, call.at, call.bytes, isSafe ? undefined : random);
      size = Math.max(size, endOf(call));
    }
  }
  return image.subarray(0, size);
}

function endOf(step: Step): number {
  if (step.kind === 'write') return step.at + step.bytes.length;
  return step.kind === 'resize' ? step.size : 0;
}

/** Puts bytes at their place; where `random` is given, maybe only some sectors of them. */
function write(image: Buffer, at: number, bytes: Buffer, random?: Random): void {
  if (random === undefined || random() < 0.5) {
    bytes.copy(image, at);
    return;
  }
  for (let from = 0; from < bytes.length; from += SECTOR_BYTES) {
    if (random() < 0.5) bytes.copy(image, at + from, from, from + SECTOR_BYTES);
  }
}
