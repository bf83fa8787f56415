/** Recorded drives as files have them: NDJSON, gzipped or not, read line by line so that memory does not grow. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseTimestamp } from '@fleet/contract';
import { type Line, linesOf } from '../../ingest/lines.ts';
import { CommandError } from '../command-error.ts';

/** Where a line stands. */
export interface Place {
  readonly file: string;
  /** 1 for the first. */
  readonly line: number;
}

/** An event as it was recorded; whether it is valid is for the server to say. */
export type RecordedEvent = Readonly<Record<string, unknown>>;

export interface DriveLine {
  readonly place: Place;
  readonly text: string;
  /** The event, null where the line holds none. */
  readonly event: RecordedEvent | null;
  /** The event's time, milliseconds since 1970; null where it has none that can be read. */
  readonly ts: number | null;
}

/** The lines of a file, empty ones left out. */
export async function* driveLines(file: string): AsyncGenerator<DriveLine> {
  try {
    for await (const lines of linesOf(bytesOf(file))) {
      for (const line of lines) yield toDriveLine(file, line);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? new CommandError(`${file} is no whole gzip file: ${message}`) : error;
  }
}

/** A place in words. */
export function placeText({ file, line }: Place): string {
  return `${file} line ${line}`;
}

function bytesOf(file: string): AsyncIterable<Buffer> {
  const bytes = createReadStream(file);
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}

function toDriveLine(file: string, { number, bytes }: Line): DriveLine {
  const place = { file, line: number };
  if (bytes === null) throw new CommandError(`${placeText(place)} is too long for an event`);
  const text = bytes.toString();
  const event = parseEvent(text);
  const time = typeof event?.['ts'] === 'string' ? parseTimestamp(event['ts']) : null;
  return { place, text, event, ts: typeof time === 'number' ? time : null };
}

function parseEvent(text: string): RecordedEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RecordedEvent) : null;
  } catch {
    return null;
  }
}
