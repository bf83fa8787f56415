/** The use case of apps: what was in a request becomes events of a vehicle; what can't be taken is kept as dead letters. */
import type { Problem, Result } from '@fleet/contract';
import { chooseVehicle, type VehicleNames } from '../access/choose-vehicle.ts';
import type { Principal } from '../access/principal.ts';
import { type Admission, admit } from '../ingest/admit.ts';
import { createBreather } from '../ingest/breathe.ts';
import { DEAD_LETTERS_PER_DEVICE } from '../ingest/dead-letter.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { refusalOf } from '../ingest/ingest.ts';
import type { KeyedEvent } from '../ingest/key-of.ts';
import type { EventStore, WriteResult } from '../ports.ts';
import { appTripId } from '../trips/app-trip-id.ts';
import type { Candidate, Decoded } from './format.ts';

/** What a request is taken with. */
export interface Taking {
  readonly store: EventStore;
  readonly directory: VehicleNames;
  readonly deadLetters: DeadLetters;
  readonly principal: Principal;
  readonly admission: Admission;
  /** The name of the format. */
  readonly via: string;
}

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;

/** An event with what it was in the request. */
type Taken = readonly [candidate: Candidate, event: KeyedEvent];

/** Resolves when every candidate is durable: as an event, or as a dead letter. */
export async function takeCandidates(taking: Taking, candidates: Decoded['candidates']): Promise<void> {
  const taken: Taken[] = [];
  const refused: [Candidate, Problem][] = [];
  const sort = (candidate: Candidate) => {
    const event = admitted(candidate, taking);
    if (event.ok) taken.push([candidate, event.value]);
    else refused.push([candidate, event.error]);
  };
  const breathe = createBreather();
  for (const candidate of candidates) {
    if (candidate !== null) sort(candidate);
    const wait = breathe();
    if (wait !== undefined) await wait;
  }
  for (let at = 0; at < taken.length; at += WRITTEN_AT_ONCE) {
    refused.push(...(await write(taking.store, taken.slice(at, at + WRITTEN_AT_ONCE))));
  }
  for (const [candidate, problem] of refused.slice(0, DEAD_LETTERS_PER_DEVICE)) await keep(taking, candidate, problem);
  await taking.deadLetters.count(taking.principal.name, refused.length - DEAD_LETTERS_PER_DEVICE);
}

/** Stores events; those that the store does not take, and why. */
async function write(store: EventStore, taken: readonly Taken[]): Promise<[Candidate, Problem][]> {
  const results = await store.write(taken.map(([, event]) => event));
  return taken.flatMap(([candidate, event], index): [Candidate, Problem][] => {
    const refusal = refusalOf(event, results[index] as WriteResult);
    return refusal === undefined ? [] : [[candidate, refusal]];
  });
}

function admitted(candidate: Candidate, { principal, directory, admission }: Taking): Result<KeyedEvent, Problem> {
  const vehicle = chooseVehicle(principal, directory, candidate);
  if (vehicle.ok) return admit({ vehicle_id: vehicle.value, ...eventOf(candidate, principal) }, admission);
  admission.onRefused(vehicle.error.slug);
  return vehicle;
}

/** The event as far as the app says it: all but the vehicle. */
function eventOf({ event, devices, session }: Candidate, { id }: Principal): object {
  const trip = session === undefined ? {} : { trip_id: appTripId([id, ...devices.slice(0, 1)], session) };
  return { ...event, ...trip };
}

/**
 * Kept as the event that it would have been, of the vehicle that it would have been of. Where none is known it is named
 * by the app's own name, and can be resubmitted once that is an alias.
 */
function keep(
  { deadLetters, directory, principal, via }: Taking,
  candidate: Candidate,
  problem: Problem,
): Promise<void> {
  const vehicle = chooseVehicle(principal, directory, candidate);
  const name = vehicle.ok ? vehicle.value : (candidate.vin ?? candidate.devices[0]);
  const event = { ...(name !== undefined && { vehicle_id: name }), ...eventOf(candidate, principal) };
  return deadLetters.keep({
    device: principal.name,
    via,
    bytes: Buffer.from(JSON.stringify(event)),
    context: {},
    ...faultsOf(problem),
  });
}

/** What is said of a problem in a dead letter. */
export function faultsOf({ slug, detail, errors = [{ pointer: '', detail }] }: Problem) {
  return { slug, errors };
}
