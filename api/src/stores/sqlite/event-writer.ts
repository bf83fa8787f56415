/**
 * Commits events: the hot path. It writes nothing but their rows, the bounds of their containers and a note of what is
 * dirty; trips are worked out later.
 */
import { measuredOf } from '../../ingest/measured.ts';
import { meet } from '../../ingest/same-key.ts';
import { isDeleted } from '../../trips/corrections.ts';
import type { Container, Containers } from './containers.ts';
import type { Dictionary } from './dictionary.ts';
import { type EventTable, NOT_KEPT } from './event-table.ts';
import { EvidenceReader } from './evidence-reader.ts';
import type { Database } from './open-database.ts';
import { columnsOf, type EventGroup, type GroupContainer, type GroupReport, OUTCOMES } from './protocol.ts';
import { RecordReader } from './record-reader.ts';
import { RecordWriter } from './record-writer.ts';
import { RowReader } from './row-reader.ts';
import type { Runs } from './runs.ts';
import { TripIds } from './trip-ids.ts';
import type { VehicleGroup, VehicleGroups } from './vehicle-groups.ts';

/** What the writers of one connection share. */
export interface WriterParts {
  readonly db: Database;
  readonly names: Dictionary;
  readonly table: EventTable;
  readonly containers: Containers;
  readonly runs: Runs;
  readonly groups: VehicleGroups;
  readonly idleMs: number;
  /** Brings the file up to date, for questions that are asked of it. */
  readonly catchUp: () => void;
}

const STORED = OUTCOMES.indexOf('stored');
const DUPLICATE = OUTCOMES.indexOf('duplicate');
const DELETED = OUTCOMES.indexOf('deleted');
const CONFLICT = OUTCOMES.indexOf('seq-conflict');
const REFUSED = OUTCOMES.indexOf('refused');

/** A container as groups have it, with its vehicle. */
interface Target extends GroupContainer {
  readonly group: VehicleGroup;
  /** Made with its first event. */
  container: Container | undefined;
  /** Containers of the same name under other names of the vehicle: an event that is there is not stored again. */
  readonly others: readonly Container[];
}

/** With so many events of each container, the inbox would only be in the way. */
const DIRECT_PER_CONTAINER = 16;

/** What a commit of events did so far. */
interface Progress {
  readonly commit: number;
  /** Whether records go past the inbox: where there are many of each container. */
  readonly direct: boolean;
  differing: number;
}

export class EventWriter {
  readonly #names: Dictionary;
  readonly #table: EventTable;
  readonly #containers: Containers;
  readonly #runs: Runs;
  readonly #groups: VehicleGroups;
  readonly #tripIds: TripIds;
  readonly #records: RecordWriter;
  /** Containers by the numbers that groups use for them. */
  readonly #known: GroupContainer[] = [];
  /** The same, found; those of vehicles with one name only, as others may come to have further containers. */
  readonly #targets: (Target | undefined)[] = [];
  /** What the targets were found with: with others they are found again. */
  #foundWith = '';

  constructor({ db, names, table, containers, runs, groups, idleMs, catchUp }: WriterParts) {
    this.#table = table;
    this.#names = names;
    this.#containers = containers;
    this.#runs = runs;
    this.#groups = groups;
    this.#tripIds = new TripIds({
      db,
      containers,
      runs,
      idleMs,
      catchUp,
      evidence: new EvidenceReader(db, idleMs, new RowReader(db, names)),
    });
    this.#records = new RecordWriter(names);
  }

  /** Containers are told once, by numbers: take them in even if the group can't be committed. */
  learn({ fresh, first_fresh }: EventGroup): void {
    if (first_fresh === 0 && fresh.length > 0) this.#known.length = this.#targets.length = 0;
    for (const [index, container] of fresh.entries()) this.#known[first_fresh + index] = container;
  }

  /** Writes a group within the caller's transaction, and says what became of each event. */
  write(group: EventGroup, commit: number): GroupReport {
    const { count } = group;
    const { seq, ts, container, end, records } = columnsOf(group.packed.buffer, count);
    const targets = this.#targetsOf(container);
    const direct = count >= DIRECT_PER_CONTAINER * new Set(container).size;
    const progress: Progress = { commit, direct, differing: 0 };
    const packed = new Uint16Array(2 * count);
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const target = targets[index] as Target;
      const record = records.subarray(index === 0 ? 0 : end[index - 1], end[index]);
      const outcome = this.#writeOne(target, seq[index] as number, ts[index] as number, record, progress);
      packed[index] = isTaken(outcome) && isHidden(target, ts[index] as number) ? DELETED : outcome;
      container[index] = outcome === STORED ? (target.container as Container).id : NOT_KEPT;
      if (outcome === STORED) kept++;
    }
    if (direct) this.#table.flush();
    else this.#table.keep(group.packed, count, kept);
    const trips = this.#tripsOf(ts, targets, packed.subarray(count));
    return { packed, trips, differing: progress.differing };
  }

  /** For each event its target. */
  #targetsOf(numbers: Uint32Array): Target[] {
    const foundWith = `${this.#groups.version} ${this.#containers.version}`;
    if (foundWith !== this.#foundWith) this.#targets.length = 0;
    this.#foundWith = foundWith;
    const found = new Map<number, Target>();
    const targets: Target[] = [];
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index] as number;
      // Most events come behind others of the same container.
      const isSame = index > 0 && number === numbers[index - 1];
      targets.push(isSame ? (targets[index - 1] as Target) : this.#targetOf(number, found));
    }
    return targets;
  }

  #targetOf(number: number, found: Map<number, Target>): Target {
    const target =
      this.#targets[number] ?? found.get(number) ?? this.#findTarget(this.#known[number] as GroupContainer);
    if (target.group.names.length === 1) this.#targets[number] = target;
    else found.set(number, target);
    return target;
  }

  #findTarget(container: GroupContainer): Target {
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
    for (const holder of target.others.length > 0 ? [target.container, ...target.others] : []) {
      const stored = holder && this.#table.find(holder, seq);
      if (stored !== undefined) return this.#meet(holder as Container, seq, stored, record, progress);
    }
    target.container ??= this.#containers.ensure(
      this.#containers.ensureVehicle(target.vehicle),
      target.name,
      target.trip === null,
      ts,
    );
    const { container } = target;
    const stored = this.#table.add(container, seq, record, progress.direct);
    if (stored !== undefined) return this.#meet(container, seq, stored, record, progress);
    this.#containers.added(container, ts, seq, progress.commit);
    if (container.loose) this.#runs.add(container.vehicle_id, ts);
    return STORED;
  }

  /** An event whose key is taken. */
  #meet(container: Container, seq: number, storedBytes: Uint8Array, newBytes: Uint8Array, progress: Progress): number {
    const stored = new RecordReader(storedBytes, this.#names, null).read();
    const meeting = meet(stored, new RecordReader(newBytes, this.#names, null).read());
    if (meeting.kind === 'other') return CONFLICT;
    if (meeting.kind === 'too-much') return REFUSED;
    progress.differing += meeting.differing;
    if (meeting.completed !== null) {
      const { values, dtcs } = meeting.completed;
      this.#records.write({ ...stored, measured: measuredOf(values), dtcs });
      this.#table.replace(container, seq, this.#records.take());
      this.#containers.touched(container, stored.ts, seq, progress.commit);
    }
    return DUPLICATE;
  }

  /** The trips that loose events are shown in now, and which is whose. */
  #tripsOf(ts: Float64Array, targets: readonly Target[], into: Uint16Array): string[] {
    const numbers = new Map<string, number>();
    const ids = this.#tripIds.begin();
    for (let index = 0; index < into.length; index++) {
      const { trip, group } = targets[index] as Target;
      if (trip !== null) continue;
      const id = ids.of(group, ts[index] as number);
      const number = numbers.get(id) ?? numbers.size;
      if (number === numbers.size) numbers.set(id, number);
      into[index] = number;
    }
    return [...numbers.keys()];
  }
}

/** Whether an event is there now. */
function isTaken(outcome: number): boolean {
  return outcome !== CONFLICT && outcome !== REFUSED;
}

/** Whether an event belongs to a deleted trip: it is kept all the same until that is purged, as deleting can be undone. */
function isHidden({ trip, group: { combined } }: Target, ts: number): boolean {
  return combined.deleted.length > 0 && isDeleted(combined, { trip, ts });
}
