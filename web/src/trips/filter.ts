/** The filter of the list of trips: in the address as days, for the API as times. Pure. */

export interface TripFilter {
  readonly vehicle: string | null;
  /** YYYY-MM-DD, both included. */
  readonly from: string | null;
  readonly to: string | null;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

export function filterIn(query: URLSearchParams): TripFilter {
  return { vehicle: query.get('vehicle'), from: dayIn(query, 'from'), to: dayIn(query, 'to') };
}

/** Clocks differ from UTC by up to so many hours. */
const HOURS_WEST = 12;
const HOURS_EAST = 14;

/** The filter as the API has it: every trip that began on these days anywhere, and some around them; see `isWithin`. */
export function queryOf({ vehicle, from, to }: TripFilter): string {
  const query = new URLSearchParams();
  if (vehicle !== null) query.set('vehicle', vehicle);
  if (from !== null) query.set('from', timeAt(from, -HOURS_EAST));
  if (to !== null) query.set('to', timeAt(to, 24 + HOURS_WEST));
  return query.toString();
}

/** Whether a trip that began on this day by its own clock is meant. */
export function isWithin({ from, to }: TripFilter, day: string): boolean {
  return (from === null || day >= from) && (to === null || day <= to);
}

function timeAt(day: string, hours: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + hours * 3_600_000).toISOString();
}

function dayIn(query: URLSearchParams, name: string): string | null {
  const text = query.get(name) ?? '';
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}
