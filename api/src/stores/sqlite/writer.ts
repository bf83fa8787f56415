/** Everything that writes to the file, in one thread and on one connection. */
import { CUSTOM_SIGNAL_DECIMALS, isSignalName, SIGNALS } from '@fleet/contract';
import type { VehicleRecord } from '../../access/records.ts';
import type { Upkeep } from '../../ports.ts';
import type { DocumentKind, RegistryDocument } from '../../registry.ts';
import type { Correction } from '../../trips/corrections.ts';
import { EVER, widen } from '../../trips/span.ts';
import { Containers } from './containers.ts';
import { Dictionary, loadNames, type NameRow } from './dictionary.ts';
import { Documents } from './documents.ts';
import { EventTable } from './event-table.ts';
import { EventWriter } from './event-writer.ts';
import { Housekeeping } from './housekeeping.ts';
import { asUnavailable, type Database } from './open-database.ts';
import type { Derived, EventGroup, GroupReport } from './protocol.ts';
import { Runs } from './runs.ts';
import { TripTables } from './trip-tables.ts';
import { VehicleGroups } from './vehicle-groups.ts';

export class Writer {
  readonly #db: Database;
  readonly #names = new Dictionary();
  readonly #containers: Containers;
  readonly #runs: Runs;
  readonly #table: EventTable;
  readonly #groups: VehicleGroups;
  readonly #events: EventWriter;
  readonly #documents: Documents;
  readonly #trips: TripTables;
  readonly #housekeeping: Housekeeping;
  readonly #sql;
  readonly #inTransaction: (work: () => unknown) => unknown;
  #commit = 0;
  /** Whether rows that are only written now and then may be behind what was committed: after a crash, or a failure. */
  #behind = true;

  constructor(db: Database, idleMs: number) {
    this.#db = db;
    this.#containers = new Containers(db);
    this.#runs = new Runs(db, idleMs);
    this.#table = new EventTable(db);
    this.#groups = new VehicleGroups(db);
    this.#documents = new Documents(db);
    this.#trips = new TripTables(db, this.#containers);
    const parts = {
      db,
      names: this.#names,
      table: this.#table,
      containers: this.#containers,
      runs: this.#runs,
      groups: this.#groups,
      idleMs,
    };
    this.#events = new EventWriter({ ...parts, catchUp: () => this.#catchUp() });
    this.#housekeeping = new Housekeeping({ ...parts, trips: this.#trips });
    this.#sql = {
      name: db.prepare('SELECT id, name, decimals FROM names WHERE name = ?'),
      addName: db.prepare('INSERT INTO names (name, decimals) VALUES (?, ?) ON CONFLICT DO NOTHING'),
      probe: db.prepare("UPDATE meta SET value = value WHERE key = 'registry_version'"),
    };
    this.#inTransaction = db.transaction((work: () => unknown) => work()).immediate;
    loadNames(db, this.#names);
    this.#transaction(() => this.#housekeeping.adopt(idleMs));
  }

  /** Commits a group of events and says what became of each. */
  write(group: EventGroup): GroupReport {
    this.#events.learn(group);
    return this.#transaction((commit) => {
      if (this.#table.isFull) this.#catchUp();
      return this.#events.write(group, commit);
    });
  }

  /** Numbers for names, new ones where there are none; past the bound only sources get new ones. */
  intern(names: readonly string[], kind: 'signal' | 'source'): readonly NameRow[] {
    return this.#transaction(() => {
      for (const name of names) {
        if (kind === 'source' || !this.#names.full) this.#sql.addName.run(name, decimalsOf(name, kind));
      }
      loadNames(this.#db, this.#names);
      return names.flatMap((name) => (this.#sql.name.get(name) as NameRow | undefined) ?? []);
    });
  }

  /** Brings the file up to date for readers; the number of the last commit that they see. */
  mark(): number {
    return this.#transaction((commit) => {
      this.#catchUp();
      return commit;
    });
  }

  /** Writes what was worked out from events as they were at a commit, or later. */
  apply(stretches: readonly Derived[], at: number): void {
    this.#transaction(() => {
      for (const derived of stretches) this.#trips.apply(derived, at);
    });
  }

  createDocument(document: RegistryDocument): boolean {
    return this.#transaction((commit) => {
      const created = this.#documents.create(document);
      if (created) this.#follow(undefined, document, commit);
      return created;
    });
  }

  putDocument(document: RegistryDocument): void {
    this.#transaction((commit) => {
      const before = this.#documents.get(document.kind, document.id);
      this.#documents.put(document);
      this.#follow(before, document, commit);
    });
  }

  deleteDocument(kind: DocumentKind, id: string): boolean {
    return this.#transaction((commit) => {
      const before = this.#documents.get(kind, id);
      const deleted = this.#documents.delete(kind, id);
      if (before !== undefined) this.#follow(before, undefined, commit);
      return deleted;
    });
  }

  /** A slice of housekeeping, of a few milliseconds; true while there is more to do. */
  maintain(upkeep: Upkeep): boolean {
    const more = this.#transaction((commit) => {
      this.#catchUp();
      return this.#housekeeping.step(upkeep, commit);
    });
    return more || this.#housekeeping.shrink();
  }

  /** Commits nothing of worth. */
  probe(): void {
    this.#transaction(() => this.#sql.probe.run());
  }

  close(): void {
    this.mark();
    this.#db.close();
  }

  /** Rows that are only written now and then. */
  #catchUp(): void {
    this.#table.emptyInbox();
    this.#containers.catchUp();
    this.#containers.trim();
    this.#runs.flush();
  }

  /** Marks the trips that a changed document may change. */
  #follow(before: RegistryDocument | undefined, after: RegistryDocument | undefined, commit: number): void {
    const { kind, id } = (after ?? before) as RegistryDocument;
    if (kind === 'correction' || kind === 'vehicle') this.#catchUp();
    if (kind === 'correction') {
      if (before !== undefined) this.#correct(before.body as Correction, false, commit);
      if (after !== undefined) this.#correct(after.body as Correction, true, commit);
    }
    if (kind === 'vehicle') this.#rename(id, aliasesOf(before), aliasesOf(after), commit);
  }

  #correct(correction: Correction, made: boolean, commit: number): void {
    this.#groups.refresh();
    const { vehicle, names } = this.#groups.of(this.#groups.oneName(correction.vehicle));
    this.#trips.dirty(this.#containers.ensureVehicle(vehicle), widen(correction.span, 1), commit);
    if (correction.kind !== 'delete') return;
    for (const id of this.#ids(names)) {
      this.#trips.dirtyEvents(id, correction.parts, commit);
      if (!made) this.#housekeeping.rebuildRuns(id, correction.parts);
    }
  }

  /** Where a vehicle's names changed, all trips under any of them are derived anew, and deletions reach others. */
  #rename(vehicle: string, before: readonly string[], after: readonly string[], commit: number): void {
    if (before.join() === after.join()) return;
    const names = [...new Set([vehicle, ...before, ...after])];
    const deletedBefore = names.flatMap((name) => this.#groups.of(name).combined.deleted);
    this.#groups.refresh();
    const deleted = names.flatMap((name) => this.#groups.of(name).combined.deleted);
    for (const name of names) {
      const id = this.#containers.ensureVehicle(name);
      this.#trips.dirty(id, EVER, commit);
      this.#trips.dirtyEvents(id, [...deletedBefore, ...deleted], commit);
      this.#trips.clear(id);
    }
  }

  #ids(names: readonly string[]): number[] {
    return names.map((name) => this.#containers.vehicleId(name)).filter((id) => id !== undefined);
  }

  /** After a crash, or a failure: what was only in memory is worked out from what was committed. */
  #recount(): void {
    this.#table.recover();
    this.#housekeeping.recount();
  }

  /** All or nothing: after a failure, what is in memory is read again from the file. */
  #transaction<T>(work: (commit: number) => T): T {
    const commit = this.#commit + 1;
    try {
      const result = this.#inTransaction(() => {
        this.#groups.refresh();
        if (this.#behind) this.#recount();
        return work(commit);
      }) as T;
      this.#behind = false;
      this.#commit = commit;
      return result;
    } catch (error) {
      this.#table.reset();
      this.#containers.reset();
      this.#runs.reset();
      this.#behind = true;
      throw asUnavailable(error);
    }
  }
}

function aliasesOf(document: RegistryDocument | undefined): readonly string[] {
  return (document?.body as VehicleRecord | undefined)?.aliases ?? [];
}

function decimalsOf(name: string, kind: 'signal' | 'source'): number {
  if (kind === 'source') return 0;
  return isSignalName(name) ? SIGNALS[name].decimals : CUSTOM_SIGNAL_DECIMALS;
}
