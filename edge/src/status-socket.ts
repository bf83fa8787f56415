/** How `status` asks the program that runs: a socket beside the outbox, so that nothing is written to the card for it. */
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { GnssState } from './gnss/gnss-source.ts';
import type { ObdState } from './obd/obd-source.ts';
import type { OutboxFigures } from './outbox/outbox.ts';
import type { KnownTime } from './trip/time.ts';
import type { UplinkState } from './uplink/uplink.ts';

/** Everything that people are shown. A part that is not set up is null. */
export interface EdgeStatus {
  readonly version: string;
  readonly pid: number;
  readonly trip: { readonly id: string; readonly events: number } | null;
  readonly time: KnownTime | null;
  readonly outbox: OutboxFigures;
  readonly obd: ObdState | null;
  readonly gnss: GnssState | null;
  readonly uplink: UplinkState | null;
}

const ANSWER_MS = 3_000;

/** Answers whoever connects. Only one process may do so in a folder. */
export function serveStatus(folder: string, status: () => EdgeStatus): { close(): void } {
  const path = pathIn(folder);
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify(status()));
  });
  // Without it there is no status, and that is all.
  server.on('error', () => {});
  server.listen(path);
  server.unref();
  return { close: () => void server.close() };
}

/** What the program in this folder says; undefined where none runs. */
export function askStatus(folder: string): Promise<EdgeStatus | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(pathIn(folder));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text === '' ? undefined : (JSON.parse(text) as EdgeStatus)));
  });
}

function pathIn(folder: string): string {
  return join(folder, 'edge.sock');
}
