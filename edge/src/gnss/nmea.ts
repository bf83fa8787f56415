/** Sentences of NMEA 0183: position, speed and time from RMC, height and quality from GGA. */
import { GPS } from 'gps';
import { known, type Saying } from './saying.ts';

/** Reads a sentence. One whose checksum is wrong tells nothing. */
export function readNmea(line: string): Saying | undefined {
  const sentence = line.startsWith('$') ? GPS.Parse(line) : false;
  if (sentence === false || !sentence.valid) return undefined;
  if (sentence.type === 'RMC') {
    if (sentence.status !== 'active') return { fix: false, values: {} };
    const { lat, lon, speed, track, time } = sentence;
    const utcMs = time?.getTime() ?? Number.NaN;
    const values = known({ lat, lon, gps_speed_kph: speed, heading_deg: track });
    return { fix: true, ...(Number.isFinite(utcMs) && { utcMs }), values };
  }
  if (sentence.type === 'GGA') {
    const { quality, alt, hdop, satellites } = sentence;
    return { values: quality === null ? {} : known({ altitude_m: alt, hdop, gps_satellites: satellites }) };
  }
  return undefined;
}
