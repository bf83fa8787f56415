/**
 * Everything that is kept beside events: small documents of a few kinds behind one port. Each adapter passes the
 * contract suite `describeRegistry`.
 */
import type {
  DeviceRecord,
  PersonRecord,
  RevocationRecord,
  SecretRecord,
  ShareRecord,
  SightingRecord,
  VehicleRecord,
} from './access/records.ts';
import type { SignalLabel } from './formats/format.ts';
import type { DeadLetter } from './ingest/dead-letter.ts';
import type { Correction } from './trips/corrections.ts';
import type { ReceiptRecord, UploadRecord } from './uploads/records.ts';

/** Every kind of document, and what its body holds. */
export interface DocumentBodies {
  device: DeviceRecord;
  person: PersonRecord;
  /** By the vehicle's one name. */
  vehicle: VehicleRecord;
  share: ShareRecord;
  /** Owned by the vehicle. */
  correction: Correction;
  /** By vehicle and signal; owned by the vehicle. */
  'signal-label': SignalLabel;
  secret: SecretRecord;
  revocation: RevocationRecord;
  /** By the device's id. */
  sighting: SightingRecord;
  /** Owned by the trip id, since that is how a device asks for it. */
  upload: UploadRecord;
  /** Owned by the upload's id. */
  receipt: ReceiptRecord;
  /** Owned by the device's name. */
  'dead-letter': DeadLetter;
  /** By the device's name: letters beyond the bound. */
  'dead-letters-dropped': { readonly count: number };
}

export type DocumentKind = keyof DocumentBodies;

/** The kinds that decide who may do what, and which name is which vehicle: every process keeps them in memory. */
export const WATCHED_KINDS: readonly DocumentKind[] = ['device', 'person', 'vehicle', 'share', 'secret', 'revocation'];

/** One document. */
export interface RegistryDocument<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  /** Unique within the kind. */
  readonly id: string;
  /** What it belongs to, `''` for nothing: for asking for all that do. */
  readonly owner: string;
  /** When it was made, milliseconds since 1970. */
  readonly at: number;
  readonly body: DocumentBodies[K];
}

/** Which documents of a kind: newest first, by (at, id). */
export interface DocumentQuery {
  readonly owner?: string;
  readonly limit?: number;
  /** Where the page before ended. */
  readonly before?: { readonly at: number; readonly id: string };
}

/**
 * Where documents are kept. A resolved change is durable, and seen by every read of this process at once, of others
 * within two seconds. All methods throw `StoreUnavailableError` when the store can't be reached or can't commit.
 */
export interface Registry {
  get<K extends DocumentKind>(kind: K, id: string): Promise<RegistryDocument<K> | undefined>;
  list<K extends DocumentKind>(kind: K, query?: DocumentQuery): Promise<readonly RegistryDocument<K>[]>;
  /** The same, `size` at a time. A document that is replaced meanwhile may be left out if its `at` changes. */
  pages<K extends DocumentKind>(
    kind: K,
    query: DocumentQuery,
    size: number,
  ): AsyncIterable<readonly RegistryDocument<K>[]>;
  count(kind: DocumentKind, owner?: string): Promise<number>;
  /** Adds a document; false, and nothing changed, where its id is taken. */
  create<K extends DocumentKind>(document: RegistryDocument<K>): Promise<boolean>;
  /** Adds or replaces a document. */
  put<K extends DocumentKind>(document: RegistryDocument<K>): Promise<void>;
  /** Whether there was one. */
  delete(kind: DocumentKind, id: string): Promise<boolean>;
  /** Another one whenever a document of `WATCHED_KINDS` may have changed, for not reading them in vain. */
  version(): Promise<number>;
}
