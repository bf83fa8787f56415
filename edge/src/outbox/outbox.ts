/**
 * Where every event is until the server has it: one SQLite file. What is recorded is committed within a second, and
 * only what was committed is ever given out for sending.
 */
import { join } from 'node:path';
import { type Log, NotNowError, type RecordedEvent, type Shipping } from '../ports.ts';
import type { KnownTime } from '../trip/time.ts';
import { Accounts } from './accounts.ts';
import { Counters } from './counters.ts';
import { COMMIT_EVERY_MS, GroupCommit } from './group-commit.ts';
import { type Database, isDamage, openFile } from './open-file.ts';
import { OutboxShipping } from './outbox-shipping.ts';
import { type LeftOnDisk, type NewTrip, RecorderTables } from './recorder-tables.ts';
import { Room } from './room.ts';
import { ShippingTables } from './shipping-tables.ts';

/** The file's name within its folder. */
export const OUTBOX_FILE = 'outbox.db';

/** The boot of events that came with their own time. */
const OWN_TIME_BOOT = 0;

export interface OutboxOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly log: Log;
  /** What identifies this boot of the machine. */
  readonly bootId: string;
  /** UTC as far as it is known. */
  readonly utcNow: () => number;
}

/** A trip that another logger recorded. */
export interface ImportedTrip {
  readonly trip: NewTrip;
  readonly ended_at: string;
  readonly events: readonly RecordedEvent[];
}

export class Outbox {
  readonly #log: Log;
  readonly #db: Database;
  readonly #commits: GroupCommit;
  readonly #recorder: RecorderTables;
  readonly #tables: ShippingTables;
  readonly #accounts: Accounts;
  readonly #room: Room;
  readonly #counters: Counters;
  readonly #boot: number;
  #timer: NodeJS.Timeout | undefined;
  #isFull = false;
  #isLosing = false;
  readonly shipping: Shipping;
  /** What this boot's clock was known to be worth when the file was opened. */
  readonly known: KnownTime | null;
  /** Hears of trips whose seqs are taken: they must not go on. */
  onConflict: (tripId: string) => void = () => {};

  /** Throws `OutboxError` where the folder can't be used. */
  constructor({ folder, maxBytes, log, bootId, utcNow }: OutboxOptions) {
    this.#log = log;
    this.#db = openFile(join(folder, OUTBOX_FILE), log);
    this.#commits = new GroupCommit(this.#db, log);
    this.#recorder = new RecorderTables(this.#db);
    this.#tables = new ShippingTables(this.#db);
    this.#accounts = new Accounts(this.#db, this.#commits);
    this.#room = new Room(this.#db, maxBytes);
    this.#counters = new Counters(this.#db);
    const { boot, known } = this.#recorder.boot(bootId);
    this.#boot = boot;
    this.known = known;
    this.shipping = new OutboxShipping({
      tables: this.#tables,
      accounts: this.#accounts,
      commits: this.#commits,
      log,
      utcNow,
      onConflict: (tripId) => this.onConflict(tripId),
    });
  }

  /** Commits what waits, once a second, until `close`. */
  start(): void {
    this.#timer = setInterval(() => this.commit(), COMMIT_EVERY_MS);
  }

  commit(): void {
    if (this.#commits.commit()) this.#makeRoom();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#commits.commit();
    this.#db.close();
  }

  beginTrip(trip: NewTrip): void {
    this.#commits.add(() => this.#recorder.beginTrip(trip));
  }

  /** Ends every trip that was going on, but this. */
  endTrips(but: string | null): void {
    this.#commits.add(() => this.#recorder.endTrips(but));
  }

  noteVin(tripId: string, vin: string): void {
    this.#commits.add(() => this.#recorder.setVin(tripId, vin));
  }

  /** Whether it is kept: a full outbox takes no more, and counts what it did not take. */
  record(event: RecordedEvent): boolean {
    if (this.#isFull || this.#commits.isOverdue) {
      if (!this.#isLosing) this.#log.warn('the outbox is full: events are not recorded');
      this.#isLosing = true;
      this.#counters.add('lost');
      return false;
    }
    if (this.#isLosing) this.#log.info('the outbox takes events again');
    this.#isLosing = false;
    this.#commits.add(() => this.#recorder.addEvent(event, this.#boot));
    return true;
  }

  /** Notes what this boot's clock is worth; events that were recorded before are timed anew, if they have to. */
  noteTime(known: KnownTime, retime: boolean): void {
    this.#commits.commitWith(() => {
      this.#recorder.setClock(this.#boot, known);
      if (retime) this.#recorder.retime(this.#boot, known.offsetMs);
    });
  }

  /** The last event of the trip that was going on when the program ended. */
  leftTrip(): LeftOnDisk | undefined {
    return this.#recorder.leftTrip(this.#boot);
  }

  /** Takes over what another logger recorded, with its own times, all at once. Throws `NotNowError` where it can't now. */
  takeOver(log: { readonly name: string; readonly size: number }, trips: readonly ImportedTrip[]): void {
    if (this.#isFull) throw new NotNowError('the outbox is full');
    this.#commits.commitWith(() => {
      for (const { trip, ended_at, events } of trips) {
        this.#recorder.beginTrip(trip);
        for (const event of events) this.#recorder.addEvent(event, OWN_TIME_BOOT);
        this.#recorder.endTrip(trip.trip_id, ended_at);
      }
      this.#recorder.noteLog(log.name, log.size);
    });
  }

  /** The size that a log had when it was taken over; undefined for one that was not. */
  logSize(name: string): number | undefined {
    return this.#recorder.logSize(name);
  }

  /** What people are shown of it. */
  figures(): OutboxFigures {
    const trips = this.shipping.openTrips();
    const unsent = trips.flatMap(({ trip_id }) => this.shipping.unsent(trip_id));
    return {
      used_bytes: this.#room.usedBytes(),
      max_bytes: this.#room.maxBytes,
      trips: trips.length,
      unsent: unsent.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      undated: trips.filter(({ trip_id }) => this.shipping.isUndated(trip_id)).length,
      set_aside: this.#tables.asideCount(),
      lost: this.#counters.get('lost'),
    };
  }

  /** What can't be deleted now, on a disk that is full, is deleted later. */
  #makeRoom(): void {
    try {
      this.#isFull = this.#room.make(this.#deletable(), (tripId, range) => this.#tables.deleteEvents(tripId, range));
    } catch (error) {
      if (isDamage(error)) throw error;
      this.#isFull = true;
    }
  }

  *#deletable() {
    for (const { trip_id: tripId } of this.shipping.openTrips()) yield { tripId, sent: this.#accounts.sent(tripId) };
  }
}

export interface OutboxFigures {
  readonly used_bytes: number;
  readonly max_bytes: number;
  /** Trips that the server has not confirmed as a whole. */
  readonly trips: number;
  /** Events that the server has not acknowledged. */
  readonly unsent: number;
  /** Trips with events whose time nobody knows. */
  readonly undated: number;
  readonly set_aside: number;
  /** Events that were not recorded, because there was no room. */
  readonly lost: number;
}
