/** The program that makes the load. */
import { gzipSync } from 'node:zlib';
import { answer } from './child.ts';
import { runClosedLoop, type Supply } from './closed-loop.ts';
import { EVENTS_OF_A_CAR, EventStream, linesOfCar, MOST_EVENT_BYTES } from './event-stream.ts';
import type { Burst, BurstReport, FileLoad, JsonLoad } from './load-generator.ts';

const HEAD_BYTES = 512;
const streams = new Map<string, EventStream>();
const cars = new Map<string, number>();

answer(async ({ load, port, key }: Burst): Promise<BurstReport> => {
  const { supply, eventsPerRequest, ownBytes } = load.kind === 'json' ? jsonSupply(load, key) : fileSupply(load, key);
  const before = process.cpuUsage();
  const untilCut = load.kind === 'json' && load.untilCut === true;
  const { answers, failures, seconds } = await runClosedLoop(port, load.connections, ownBytes, supply, untilCut);
  const { user, system } = process.cpuUsage(before);
  return { events: answers * eventsPerRequest, failures, seconds, busy: (user + system) / 1e6 / seconds };
});

interface Supplied {
  readonly supply: Supply;
  readonly eventsPerRequest: number;
  readonly ownBytes: number;
}

/** Requests with so many events as JSON each, until the time is up. */
function jsonSupply({ letter, together, ms }: JsonLoad, key: string): Supplied {
  const stream = streams.get(letter) ?? new EventStream(letter, together);
  streams.set(letter, stream);
  const head = headOf(key, 'application/json');
  const deadline = performance.now() + ms;
  const supply: Supply = (own) => {
    if (performance.now() > deadline) return undefined;
    let at = head.length;
    if (together > 1) own[at++] = OPENING;
    at = stream.write(own, at);
    if (together > 1) own[at++] = CLOSING;
    head.copy(own);
    writeLength(own, head.length, at - head.length);
    return own.subarray(0, at);
  };
  return { supply, eventsPerRequest: together, ownBytes: HEAD_BYTES + together * MOST_EVENT_BYTES };
}

/** Requests with all events of a car as NDJSON, packed beforehand. */
function fileSupply({ letter, files }: FileLoad, key: string): Supplied {
  const head = headOf(key, 'application/x-ndjson', 'content-encoding: gzip\r\n');
  const first = cars.get(letter) ?? 0;
  cars.set(letter, first + files);
  const requests = Array.from({ length: files }, (_, index) => {
    const body = gzipSync(linesOfCar(letter, first + index));
    const request = Buffer.concat([head, body]);
    writeLength(request, head.length, body.length);
    return request;
  });
  return { supply: () => requests.pop(), eventsPerRequest: EVENTS_OF_A_CAR, ownBytes: 0 };
}

const OPENING = 0x5b;
const CLOSING = 0x5d;
const LENGTH_DIGITS = 8;

/** A request's head; the length of its body is filled in later. */
function headOf(key: string, type: string, more = ''): Buffer {
  const length = ' '.repeat(LENGTH_DIGITS);
  return Buffer.from(
    `POST /v1/ingest HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: ${type}\r\n${more}content-length: ${length}\r\n\r\n`,
  );
}

function writeLength(request: Buffer, headLength: number, length: number): void {
  request.write(`${length}`.padStart(LENGTH_DIGITS), headLength - LENGTH_DIGITS - 4, 'latin1');
}
