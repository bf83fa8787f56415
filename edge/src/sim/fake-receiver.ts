/** A receiver that is not there: NMEA of a recorded drive, once a second, with the time of now. */
import { Duplex } from 'node:stream';
import type { TelemetryEvent } from '@fleet/contract';
import type { DrivePlayer } from './drive-player.ts';

const KNOTS_PER_KPH = 1 / 1.852;
const EVERY_MS = 1_000;

export class FakeReceiver extends Duplex {
  readonly #timer: NodeJS.Timeout;

  constructor(drive: Pick<DrivePlayer, 'now'>, utcNow: () => number) {
    super();
    this.#timer = setInterval(() => this.push(sentencesOf(drive.now(), utcNow()).join('')), EVERY_MS);
  }

  override _read(): void {}

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#timer);
    done(error);
  }
}

/** RMC and GGA of an event at a time; without a position, that there is none. */
export function sentencesOf(event: TelemetryEvent | undefined, utcMs: number): string[] {
  const at = new Date(utcMs).toISOString();
  const time = at.slice(11, 22).replaceAll(':', '');
  const date = `${at.slice(8, 10)}${at.slice(5, 7)}${at.slice(2, 4)}`;
  if (event?.lat === undefined || event.lon === undefined) return [sentence(`GPRMC,${time},V,,,,,,,${date},,,N`)];
  const place = `${angle(event.lat, 2)},${event.lat < 0 ? 'S' : 'N'},${angle(event.lon, 3)},${event.lon < 0 ? 'W' : 'E'}`;
  const knots = ((event.speed_kph ?? event.gps_speed_kph ?? 0) * KNOTS_PER_KPH).toFixed(3);
  const { heading_deg = '', gps_satellites = 8, hdop = 1, altitude_m = 0 } = event;
  return [
    sentence(`GPRMC,${time},A,${place},${knots},${heading_deg},${date},,,A`),
    sentence(`GPGGA,${time},${place},1,${gps_satellites},${hdop},${altitude_m},M,0,M,,`),
  ];
}

/** Degrees and minutes: `dddmm.mmmmmm`. */
function angle(degrees: number, digits: number): string {
  const absolute = Math.abs(degrees);
  const whole = Math.floor(absolute);
  return `${`${whole}`.padStart(digits, '0')}${((absolute - whole) * 60).toFixed(6).padStart(9, '0')}`;
}

function sentence(text: string): string {
  const sum = [...text].reduce((xor, character) => xor ^ character.charCodeAt(0), 0);
  return `$${text}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}
