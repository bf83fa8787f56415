/**
 * Copies vehicles, corrections and events from one server to another. Nothing is remembered between runs: what is there
 * already is seen there, and events that come twice are stored once.
 */
import type { TripSummary } from '../../ports.ts';
import { CommandError } from '../command-error.ts';
import { type ComparedTrip, compareTrips } from './compare-trips.ts';
import type { FleetApi, ImportReport, Vehicle, WireCorrection } from './fleet-api.ts';

export interface CopyParts {
  readonly from: FleetApi;
  readonly to: FleetApi;
  /** Only these vehicles, by any of their names; all where none is given. */
  readonly vehicles: readonly string[];
  /** Hears of each step. */
  readonly tally: CopyTally;
}

/** A vehicle's trips and what of them is there. */
export interface ComparedVehicle {
  readonly vehicle: string;
  readonly trips: readonly ComparedTrip[];
}

/** How far it is. */
export class CopyTally {
  /** Trips and events that are to be sent. */
  trips = 0;
  events = 0;
  tripsDone = 0;
  eventsDone = 0;
  /** Vehicles and corrections that the other server lacked. */
  vehicles = 0;
  corrections = 0;
  /** Why events were not taken: how many, and the first one's trip and reason. */
  readonly rejections = new Map<string, { count: number; readonly first: string }>();

  reject({ trip_id }: TripSummary, { rejected, rejected_count }: ImportReport): void {
    let unlisted = rejected_count;
    for (const { type, errors } of rejected) {
      const known = this.rejections.get(type) ?? { count: 0, first: `in trip ${trip_id}: ${errors[0]?.detail ?? ''}` };
      known.count++;
      unlisted--;
      this.rejections.set(type, known);
    }
    const [some] = this.rejections.values();
    if (some !== undefined) some.count += unlisted;
  }
}

/** Throws `CommandError` unless both keys may do what is needed. */
export async function requireAdmins({ from, to }: CopyParts): Promise<void> {
  for (const [option, api] of [['--from-key', from] as const, ['--to-key', to] as const]) {
    const role = await api.role();
    if (role !== 'admin') throw new CommandError(`${option} must be an admin's key: this one is a ${role}'s`);
  }
}

/** What is to be copied beside trips: vehicles and corrections that the other server lacks. */
export interface Lacking {
  /** All vehicles that are looked at. */
  readonly vehicles: readonly string[];
  readonly records: readonly Vehicle[];
  readonly corrections: readonly WireCorrection[];
}

/** Compares vehicles and corrections. Throws `CommandError` where a vehicle that was asked for is not there. */
export async function findLacking({ from, to, vehicles: wanted, tally }: CopyParts): Promise<Lacking> {
  const vehicles = chosen(await from.vehicles(), wanted);
  const there = new Map((await to.vehicles()).map((vehicle) => [vehicle.vehicle, vehicle]));
  const records = vehicles.flatMap((vehicle) => united(vehicle, there.get(vehicle.vehicle)));
  const names = new Set(vehicles.flatMap(({ vehicle, aliases }) => [vehicle, ...aliases]));
  const known = new Set((await to.corrections()).map(({ id }) => id));
  const corrections = (await from.corrections()).filter(({ id, vehicle }) => names.has(vehicle) && !known.has(id));
  tally.vehicles = records.length;
  tally.corrections = corrections.length;
  return { vehicles: vehicles.map(({ vehicle }) => vehicle), records, corrections };
}

/** They come before events, so that trips are the same from the beginning. */
export async function copyLacking({ to }: CopyParts, { records, corrections }: Lacking): Promise<void> {
  for (const record of records) await to.putVehicle(record);
  for (const correction of corrections) await to.putCorrection(correction);
}

/** The trips of these vehicles, and what of them the other server has. */
export async function compare({ from, to, tally }: CopyParts, vehicles: readonly string[]): Promise<ComparedVehicle[]> {
  const compared: ComparedVehicle[] = [];
  for (const vehicle of vehicles) {
    const trips = compareTrips(await from.trips(vehicle), await to.trips(vehicle));
    compared.push({ vehicle, trips });
    const lacking = trips.filter(isLacking).map(({ trip }) => trip);
    tally.trips += lacking.length;
    tally.events += lacking.reduce((sum, { event_count }) => sum + event_count, 0);
  }
  return compared;
}

/** Compares again with what is there now. */
export async function compareAgain({ to }: CopyParts, before: readonly ComparedVehicle[]): Promise<ComparedVehicle[]> {
  const compared: ComparedVehicle[] = [];
  for (const { vehicle, trips } of before) {
    const now = compareTrips(
      trips.map(({ trip }) => trip),
      await to.trips(vehicle),
    );
    compared.push({ vehicle, trips: now });
  }
  return compared;
}

/** Sends the trips that are not there as they are here, the oldest first. */
export async function copyTrips(parts: CopyParts, compared: readonly ComparedVehicle[]): Promise<void> {
  for (const { trips } of compared) {
    for (const { trip } of trips.filter(isLacking)) await copyTrip(parts, trip);
  }
}

async function copyTrip({ from, to, tally }: CopyParts, trip: TripSummary): Promise<void> {
  const before = tally.eventsDone;
  const begin = () => {
    tally.eventsDone = before;
  };
  await from.readEvents(trip, begin, async (lines) => {
    const report = await to.importEvents(lines);
    tally.eventsDone += report.accepted;
    tally.reject(trip, report);
  });
  tally.tripsDone++;
}

function isLacking({ state }: ComparedTrip): boolean {
  return state !== 'same';
}

function chosen(all: readonly Vehicle[], wanted: readonly string[]): readonly Vehicle[] {
  if (wanted.length === 0) return all;
  return wanted.map((name) => {
    const found = all.find(({ vehicle, aliases }) => vehicle === name || aliases.includes(name));
    if (found === undefined) throw new CommandError(`--from has no vehicle ${name}`);
    return found;
  });
}

/** What the other server should keep of a vehicle, if it is anything new: other names that it has there stay. */
function united({ vehicle, name, aliases }: Vehicle, there: Vehicle | undefined): Vehicle[] {
  const before = there ?? { vehicle, name: null, aliases: [] };
  const united = { vehicle, name: name ?? before.name, aliases: [...new Set([...before.aliases, ...aliases])] };
  return united.name === before.name && united.aliases.length === before.aliases.length ? [] : [united];
}
