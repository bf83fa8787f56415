/** Which clock a place goes by. */
import tzLookup from '@photostructure/tz-lookup';

/** The IANA name of the time zone at a position in degrees, null where there is none. */
export function timeZoneAt(lat: number, lon: number): string | null {
  try {
    return tzLookup(lat, lon);
  } catch {
    return null;
  }
}
