/** Offline uploads: a device announces a trip, sends its chunks in any order, as often as it likes, and completes it. */
import { randomUUID } from 'node:crypto';
import { bad, type Manifest, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { Admission } from '../ingest/admit.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { KeyedLock } from '../ingest/keyed-lock.ts';
import type { EventStore, SeqRange } from '../ports.ts';
import type { Registry } from '../registry.ts';
import { derivedTripTime } from '../trips/trip-id.ts';
import { checkManifest, contradictionsIn } from './check-manifest.ts';
import { putChunk, type ReceivedChunk } from './put-chunk.ts';
import type { ReceiptRecord, UploadRecord } from './records.ts';
import { unionInSlices } from './union-in-slices.ts';
import { idOf, UploadDocuments } from './upload-documents.ts';

/** A trip as a device announces it. */
export interface Announcement {
  readonly vin?: string;
  readonly vehicle_id?: string;
  readonly trip_id?: string;
  readonly started_at?: string;
  readonly meta?: unknown;
}

/** What an upload has so far. */
export interface UploadStatus {
  readonly upload: UploadRecord;
  readonly receipts: readonly ReceiptRecord[];
  /** Seqs that are stored or were named as rejected. */
  readonly seqs: readonly SeqRange[];
}

export interface UploadsParts {
  readonly registry: Registry;
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
  /** The one name of a vehicle. */
  readonly resolve: (name: string) => string;
  readonly now: () => number;
}

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #documents: UploadDocuments;
  readonly #lock = new KeyedLock();

  constructor(parts: UploadsParts) {
    this.#parts = parts;
    this.#documents = new UploadDocuments(parts.registry, parts.now);
  }

  /** Announces a trip; an id that the server once made for loose events counts as none. */
  async announce(
    { vin, vehicle_id = '', ...announced }: Announcement,
    admission: Admission,
  ): Promise<Result<{ upload: UploadRecord; created: boolean }, Problem>> {
    const { speaker } = admission;
    const claimed = vin ?? vehicle_id;
    const vehicle = speaker.resolve(claimed);
    if (!speaker.mayWrite(vehicle)) return notAllowed(claimed);
    const given = announced.trip_id?.toLowerCase();
    const isDerived = (id: string) => speaker.namesOf(vehicle).some((name) => derivedTripTime(id, name) !== undefined);
    const trip_id = given === undefined || isDerived(given) ? randomUUID() : given;
    const [known] = await this.#ofVehicle(trip_id, vehicle);
    if (known !== undefined) return ok({ upload: known, created: false });
    const { meta = null, started_at = null } = announced;
    const upload: UploadRecord = { vehicle, trip_id, meta, started_at, completed: null };
    return ok({ upload, created: await this.#documents.create(upload) });
  }

  /**
   * The announced trip of an id: of this vehicle (any name), else of the only one that the sender may speak for. What
   * other vehicles announced is as if it were not there: a sender learns nothing of it.
   */
  async find(
    tripId: string,
    vehicle: string | undefined,
    { speaker }: Admission,
  ): Promise<Result<UploadRecord, Problem>> {
    if (vehicle !== undefined && !speaker.mayWrite(this.#parts.resolve(vehicle))) return notAllowed(vehicle);
    const uploads = await this.#ofVehicle(tripId, vehicle);
    const own = uploads.filter((upload) => speaker.mayWrite(this.#vehicleOf(upload)));
    const [first] = own;
    if (first === undefined) {
      return bad(problem('trip-not-found', `no trip ${tripId} was announced: POST /v1/trips first`));
    }
    const vehicles = [...new Set(own.map((upload) => this.#vehicleOf(upload)))];
    if (vehicles.length > 1) return bad(ambiguous(tripId, vehicles));
    return ok(first);
  }

  /** Stores a chunk, or finds that it is stored. */
  async putChunk(
    upload: UploadRecord,
    chunk: ReceivedChunk,
    admission: Admission,
  ): Promise<Result<ReceiptRecord, Problem>> {
    const { store, deadLetters } = this.#parts;
    const context = { trip_id: upload.trip_id, vehicle: this.#vehicleOf(upload), admission };
    return this.#lock.hold(`${idOf(upload)}/${chunk.no}`, () =>
      putChunk({ store, deadLetters, documents: this.#documents }, upload, chunk, context),
    );
  }

  /** Completes a trip, if everything that the manifest lists is here. May be repeated with a larger manifest. */
  async complete(upload: UploadRecord, manifest: Manifest): Promise<Result<UploadRecord, Problem>> {
    const contradictions = contradictionsIn(manifest);
    const [first] = contradictions;
    if (first !== undefined) {
      return bad(problem('invalid-manifest', `${first.pointer} ${first.detail}`, contradictions));
    }
    const checked = await this.#check(upload, manifest);
    return checked.ok ? ok(await this.#lock.hold(idOf(upload), () => this.#noteComplete(upload, manifest))) : checked;
  }

  /** What is here of a trip, so that a device can go on where it was. */
  async status(upload: UploadRecord): Promise<UploadStatus> {
    const receipts = await this.#documents.receipts(upload);
    return { upload, receipts, seqs: await covered(receipts, await this.#stored(upload)) };
  }

  /** Where receipts answer for all that the manifest lists, no event is counted. */
  async #check(upload: UploadRecord, manifest: Manifest): Promise<Result<void, Problem>> {
    const receipts = await this.#documents.receipts(upload);
    const checked = checkManifest(manifest, { receipts, covered: await covered(receipts, []) });
    if (checked.ok) return checked;
    return checkManifest(manifest, { receipts, covered: await covered(receipts, await this.#stored(upload)) });
  }

  /** A smaller manifest that comes late takes nothing back. */
  async #noteComplete(given: UploadRecord, manifest: Manifest): Promise<UploadRecord> {
    const known = (await this.#documents.get(given)) ?? given;
    if ((known.completed?.manifest.event_count ?? -1) > manifest.event_count) return known;
    const upload: UploadRecord = { ...known, completed: { at: this.#parts.now(), manifest } };
    await this.#documents.put(upload);
    return upload;
  }

  #stored(upload: UploadRecord): Promise<readonly SeqRange[]> {
    return this.#parts.store.seqs(this.#vehicleOf(upload), upload.trip_id);
  }

  /** The announced trips of an id, of a vehicle (any name) or all. */
  async #ofVehicle(tripId: string, vehicle: string | undefined): Promise<UploadRecord[]> {
    const uploads = await this.#documents.ofTrip(tripId);
    const one = vehicle === undefined ? undefined : this.#parts.resolve(vehicle);
    return uploads.filter((upload) => one === undefined || this.#vehicleOf(upload) === one);
  }

  /** The vehicle's one name now; it was announced under whatever name it had then. */
  #vehicleOf({ vehicle }: UploadRecord): string {
    return this.#parts.resolve(vehicle);
  }
}

/** The seqs of receipts and events. */
function covered(receipts: readonly ReceiptRecord[], stored: readonly SeqRange[]): Promise<readonly SeqRange[]> {
  return unionInSlices([stored, ...receipts.map(({ seqs }) => seqs)]);
}

function notAllowed(claimed: string): Result<never, Problem> {
  const faults = [{ pointer: '', detail: `${claimed} is not this key's` }];
  return bad(problem('vehicle-not-allowed', `this key may not speak for ${claimed}`, faults));
}

/** The problem of a trip id that several vehicles have. */
export function ambiguous(tripId: string, vehicles: readonly string[]): Problem {
  const detail = `several vehicles have a trip ${tripId}: add ?vehicle=`;
  return { ...problem('ambiguous-trip', detail), extra: { vehicles } };
}
