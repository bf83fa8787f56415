/**
 * The oracle: remembers exactly what senders were told, and compares it with what is stored. *Conservation*: each
 * acknowledged event is there once, with its values; what was sent without an answer may be there once or not at all;
 * nothing else is there.
 */
import type { TelemetryEvent } from '@fleet/contract';

/** An event as it was read back. */
export interface StoredEvent {
  readonly vehicle: string;
  /** ISO 8601. */
  readonly ts: string;
  readonly seq: number;
  /** Signals by name. */
  readonly values: Readonly<Record<string, number>>;
}

/** One key under which an event may be stored, with what was sent for it. */
interface Entry {
  acknowledged: boolean;
  /** The signals of each way in which it was sent, as text. */
  readonly values: Set<string>;
}

const ENVELOPE = new Set(['schema_version', 'vin', 'vehicle_id', 'ts', 'trip_id', 'seq', 'dtcs']);
/** Faults that are told one by one. */
const MOST_TOLD = 20;

export class Ledger {
  /** By what can be seen of an event when it is read back, then by its device's trip. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  #owed = 0;

  /** These events are on their way: from now on they may be stored. */
  sending(events: readonly TelemetryEvent[]): void {
    for (const event of events) this.#entryOf(event).values.add(textOf(signalsOf(event)));
  }

  /** The server said that it has these events: from now on they must be stored. */
  acknowledged(events: readonly TelemetryEvent[]): void {
    for (const event of events) {
      const entry = this.#entryOf(event);
      if (!entry.acknowledged) this.#owed++;
      entry.acknowledged = true;
    }
  }

  /** How many events were acknowledged so far. */
  get owed(): number {
    return this.#owed;
  }

  /** What contradicts conservation, in words; empty when nothing does. */
  faultsIn(stored: Iterable<StoredEvent>): string[] {
    const found = new Map<string, StoredEvent[]>();
    for (const event of stored) {
      const place = placeOf(event.vehicle, Date.parse(event.ts), event.seq);
      found.set(place, [...(found.get(place) ?? []), event]);
    }
    const places = new Set([...this.#entries.keys(), ...found.keys()]);
    const faults = [...places].flatMap((place) => faultsAt(place, this.#entries.get(place), found.get(place) ?? []));
    const more = faults.length - MOST_TOLD;
    return more > 0 ? [...faults.slice(0, MOST_TOLD), `… and ${more} more`] : faults;
  }

  #entryOf(event: TelemetryEvent): Entry {
    const ts = Date.parse(event.ts);
    const isOfTrip = event.trip_id !== undefined && event.seq !== undefined;
    const place = placeOf(vehicleOf(event), ts, isOfTrip ? (event.seq as number) : ts);
    const entries = this.#entries.get(place) ?? new Map<string, Entry>();
    this.#entries.set(place, entries);
    const trip = event.trip_id ?? '';
    const entry = entries.get(trip) ?? { acknowledged: false, values: new Set() };
    entries.set(trip, entry);
    return entry;
  }
}

/** The one string that names an event's vehicle. */
export function vehicleOf({ vin, vehicle_id }: TelemetryEvent): string {
  return vin ?? vehicle_id ?? '';
}

function faultsAt(place: string, entries: ReadonlyMap<string, Entry> | undefined, stored: readonly StoredEvent[]) {
  if (entries === undefined) return [`${place} is stored, but nobody sent it`];
  const owed = [...entries.values()].filter(({ acknowledged }) => acknowledged).length;
  if (stored.length < owed) return [`${place} was acknowledged, but is not stored`];
  if (stored.length > entries.size) return [`${place} is stored ${stored.length} times, not ${entries.size}`];
  const sent = new Set([...entries.values()].flatMap(({ values }) => [...values]));
  return stored
    .map(({ values }) => textOf(values))
    .filter((values) => !sent.has(values))
    .map((values) => `${place} is stored as ${values}, but was sent as ${[...sent].join(' or ')}`);
}

function placeOf(vehicle: string, ts: number, seq: number): string {
  return `${vehicle} ${new Date(ts).toISOString()} #${seq}`;
}

function signalsOf(event: TelemetryEvent): Record<string, number> {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !ENVELOPE.has(name))) as Record<string, number>;
}

function textOf(values: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))));
}
