/** The recorded drives of `examples/drives`, and the way in which the demo sends each. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../command-error.ts';
import type { ReplayPlan } from '../replay/replay.ts';

/** A drive as the logger knows it. */
export interface DriveTruth {
  readonly drive: number;
  readonly started_at: string;
  readonly ended_at: string;
  readonly event_count: number;
  /** Over recorded seconds only: comparable with the distance that is not over gaps. */
  readonly logger_distance_km: number;
}

/** How drives are sent. */
export interface DemoWay extends Pick<ReplayPlan, 'way' | 'batch'> {
  readonly label: string;
}

export interface DemoDrive {
  readonly truth: DriveTruth;
  readonly file: string;
  readonly way: DemoWay;
}

const SINGLY: DemoWay = { label: 'event by event', way: 'live', batch: 1 };
const BATCHED: DemoWay = { label: 'in batches', way: 'live', batch: 100 };
const UPLOADED: DemoWay = { label: 'offline upload', way: 'offline', batch: 300 };

/** All ways. */
export const DEMO_WAYS = [SINGLY, BATCHED, UPLOADED];

/** Drives of no more events are sent event by event: long ones would take long. */
const SHORT_DRIVE = 300;

const FOLDER = fileURLToPath(new URL('../../../../examples/drives/', import.meta.url));

/** The drives, the oldest first. Throws `CommandError` where they are not there. */
export function readDemoDrives(): DemoDrive[] {
  const list = `${FOLDER}truth.json`;
  if (!existsSync(list)) throw new CommandError(`${list} is not there: the demo runs in a checkout of the repository`);
  const truths = JSON.parse(readFileSync(list, 'utf8')) as DriveTruth[];
  return truths.map((truth, index) => {
    const file = `${FOLDER}drive-${`${truth.drive}`.padStart(2, '0')}.ndjson.gz`;
    const long = index % 2 === 0 ? BATCHED : UPLOADED;
    return { truth, file, way: truth.event_count <= SHORT_DRIVE ? SINGLY : long };
  });
}
