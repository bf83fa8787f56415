/** What gpsd tells: a JSON object a line. @see gpsd_json(5) */
import { known, type Saying } from './saying.ts';

/** What makes gpsd tell everything it gets from then on. */
export const WATCH = '?WATCH={"enable":true,"json":true};\n';

const KPH_PER_MPS = 3.6;

/** Reads a report; what is none, or about something else, tells nothing. */
export function readGpsd(line: string): Saying | undefined {
  const report = parse(line);
  if (report?.['class'] === 'TPV') return readTpv(report);
  if (report?.['class'] !== 'SKY') return undefined;
  return { values: known({ hdop: report['hdop'], gps_satellites: report['uSat'] ?? usedIn(report['satellites']) }) };
}

function readTpv({ mode, time, lat, lon, altMSL, alt, speed, track }: Report): Saying {
  if (Number(mode) < 2) return { fix: false, values: {} };
  const utcMs = Date.parse(`${time}`);
  const values = known({
    lat,
    lon,
    altitude_m: altMSL ?? alt,
    gps_speed_kph: typeof speed === 'number' ? speed * KPH_PER_MPS : undefined,
    heading_deg: track,
  });
  return { fix: true, ...(!Number.isNaN(utcMs) && { utcMs }), values };
}

type Report = Readonly<Record<string, unknown>>;

function usedIn(satellites: unknown): number | undefined {
  if (!Array.isArray(satellites)) return undefined;
  return (satellites as { used?: unknown }[]).filter(({ used }) => used === true).length;
}

function parse(line: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Report) : undefined;
  } catch {
    return undefined;
  }
}
