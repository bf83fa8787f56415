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

/** The filter as the API has it; days are those of this machine. */
export function queryOf({ vehicle, from, to }: TripFilter): string {
  const query = new URLSearchParams();
  if (vehicle !== null) query.set('vehicle', vehicle);
  if (from !== null) query.set('from', new Date(`${from}T00:00:00`).toISOString());
  if (to !== null) query.set('to', new Date(`${to}T23:59:59.999`).toISOString());
  return query.toString();
}

function dayIn(query: URLSearchParams, name: string): string | null {
  const text = query.get(name) ?? '';
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}
