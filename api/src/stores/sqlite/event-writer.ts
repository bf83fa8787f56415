/**
 * Commits events: the hot path. It writes nothing but their rows, the bounds of their containers and a note of what is
 * dirty; trips are worked out later.
 */
import { meet } from '../../ingest/same-key.ts';
import { isDeleted } from '../../trips/corrections.ts';
import type { Container, Containers } from './containers.ts';
import type { Dictionary } from './dictionary.ts';
import { EvidenceReader } from './evidence-reader.ts';
import type { Database } from './open-database.ts';
import { type EventGroup, type GroupContainer, type GroupReport, OUTCOMES } from './protocol.ts';
import { RecordReader, RecordWriter } from './record.ts';
import { RowReader } from './row-reader.ts';
import type { Runs } from './runs.ts';
import { TripIds } from './trip-ids.ts';
import type { VehicleGroup, VehicleGroups } from './vehicle-groups.ts';

/** What the writers of one connection share. */
export interface WriterParts {
  readonly db: Database;
  readonly names: Dictionary;
  readonly containers: Containers;
  readonly runs: Runs;
  readonly groups: VehicleGroups;
  readonly idleMs: number;
}

const STORED = OUTCOMES.indexOf('stored');
const DUPLICATE = OUTCOMES.indexOf('duplicate');
const DELETED = OUTCOMES.indexOf('deleted');
const CONFLICT = OUTCOMES.indexOf('seq-conflict');

/** A container of the group that is being written, with its vehicle. */
interface Target extends GroupContainer {
  readonly group: VehicleGroup;
  /** Made with its first event. */
  container: Container | undefined;
  /** Containers of the same name under other names of the vehicle: an event that is there is not stored again. */
  readonly others: readonly Container[];
}

/** What a commit of events did so far. */
interface Progress {
  readonly commit: number;
  readonly changed: Set<Container>;
  differing: number;
}

export class EventWriter {
  readonly #names: Dictionary;
  readonly #containers: Containers;
  readonly #runs: Runs;
  readonly #groups: VehicleGroups;
  readonly #tripIds: TripIds;
  readonly #records: RecordWriter;
  readonly #sql;

  constructor({ db, names, containers, runs, groups, idleMs }: WriterParts) {
    this.#names = names;
    this.#containers = containers;
    this.#runs = runs;
    this.#groups = groups;
    this.#tripIds = new TripIds(db, runs, new EvidenceReader(db, idleMs, new RowReader(db, names)), idleMs);
    this.#records = new RecordWriter(names);
    this.#sql = {
      insert: db.prepare('INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
      find: db.prepare('SELECT record FROM events WHERE container = ? AND seq = ?').pluck(),
      update: db.prepare('UPDATE events SET record = ? WHERE container = ? AND seq = ?'),
    };
  }

  /** Writes a group within the caller's transaction, and says what became of each event. */
  write(events: EventGroup, commit: number): GroupReport {
    const targets = events.containers.map((container) => this.#target(container));
    const progress: Progress = { commit, changed: new Set(), differing: 0 };
    const outcome = new Uint8Array(events.seq.length);
    let start = 0;
    for (let index = 0; index < outcome.length; index++) {
      const target = targets[events.container[index] as number] as Target;
      const end = events.end[index] as number;
      const record = events.records.subarray(start, end);
      outcome[index] = this.#writeOne(
        target,
        events.seq[index] as number,
        events.ts[index] as number,
        record,
        progress,
      );
      start = end;
    }
    this.#containers.flush(progress.changed);
    this.#runs.flush();
    return { outcome, ...this.#tripsOf(events, targets), differing: progress.differing };
  }

  #target(container: GroupContainer): Target {
    const group = this.#groups.of(container.vehicle);
    const [own, ...others] = group.names.map((name) => this.#containers.vehicleId(name));
    const find = (id: number | undefined) => (id === undefined ? undefined : this.#containers.find(id, container.name));
    return {
      ...container,
      group,
      container: find(own),
      others: others.map(find).filter((other) => other !== undefined),
    };
  }

  #writeOne(target: Target, seq: number, ts: number, record: Uint8Array, progress: Progress): number {
    const { trip, group } = target;
    if (group.combined.deleted.length > 0 && isDeleted(group.combined, { trip, ts })) return DELETED;
    for (const holder of target.others.length > 0 ? [target.container, ...target.others] : []) {
      const stored = holder && (this.#sql.find.get(holder.id, seq) as Buffer | undefined);
      if (stored !== undefined) return this.#meet(holder as Container, seq, stored, record, progress);
    }
    target.container ??= this.#containers.ensure(
      this.#containers.ensureVehicle(target.vehicle),
      target.name,
      trip === null,
      ts,
    );
    const { container } = target;
    if (this.#sql.insert.run(container.id, seq, record).changes === 0) {
      return this.#meet(container, seq, this.#sql.find.get(container.id, seq) as Buffer, record, progress);
    }
    this.#containers.added(container, ts, seq, progress.commit);
    if (container.loose) this.#runs.add(container.vehicle_id, ts);
    progress.changed.add(container);
    return STORED;
  }

  /** An event whose key is taken. */
  #meet(container: Container, seq: number, storedBytes: Uint8Array, newBytes: Uint8Array, progress: Progress): number {
    const stored = new RecordReader(storedBytes, this.#names, null).read();
    const meeting = meet(stored, new RecordReader(newBytes, this.#names, null).read());
    if (meeting.kind === 'other') return CONFLICT;
    progress.differing += meeting.differing;
    if (meeting.completed !== null) {
      this.#records.write({ ...stored, ...meeting.completed });
      this.#sql.update.run(this.#records.take(), container.id, seq);
      this.#containers.touched(container, stored.ts, seq, progress.commit);
      progress.changed.add(container);
    }
    return DUPLICATE;
  }

  /** The trip that each event is shown in now. */
  #tripsOf({ container, ts }: EventGroup, targets: readonly Target[]): Pick<GroupReport, 'trip' | 'trips'> {
    const numbers = new Map<string, number>();
    const trip = new Uint32Array(container.length);
    const ids = this.#tripIds.begin();
    for (let index = 0; index < trip.length; index++) {
      const { trip: own, group } = targets[container[index] as number] as Target;
      const id = own ?? ids.of(group, ts[index] as number);
      const number = numbers.get(id) ?? numbers.size;
      if (number === numbers.size) numbers.set(id, number);
      trip[index] = number;
    }
    return { trip, trips: [...numbers.keys()] };
  }
}
