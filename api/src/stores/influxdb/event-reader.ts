/** Reads events, by InfluxQL: for one trip it is three times as fast as Flux. */
import { SIGNAL_NAMES } from '@fleet/contract';
import type { EventRow } from '../../ports.ts';
import type { Rollup } from '../../trips/history.ts';
import { MS_PER_MINUTE } from '../../trips/history.ts';
import type { Span } from '../../trips/span.ts';
import { compareRows } from '../../trips/totals.ts';
import type { InfluxClient } from './client.ts';
import { parseCsv, type Row } from './csv.ts';
import { parseEventRows } from './event-rows.ts';
import { identifier, isOneOf } from './influxql.ts';
import { milliseconds } from './line-protocol.ts';

/** Events that are read at once. */
const PAGE = 5_000;
/** What every reading of events names, and custom signals that one question names besides. */
const COLUMNS = ['seq', 'source', 'dtcs', ...SIGNAL_NAMES];
const CUSTOM_AT_ONCE = 500;
/** What InfluxDB can say of time, milliseconds since 1970. */
const MOST_MS = 9_223_372_036_000;

/** Which events: of these names of a vehicle, in these containers (all if not given), between two times. */
export interface Scope extends Span {
  readonly names: readonly string[];
  readonly containers?: readonly string[];
}

export class EventReader {
  readonly #client: InfluxClient;
  /** Vehicles that have custom signals; undefined while that is looked for, or where nobody did. */
  #custom: ReadonlySet<string> | undefined;
  #lookedForCustom = 0;
  /** The same as far as this process wrote them, which it knows sooner. */
  readonly #ownCustom = new Set<string>();

  constructor(client: InfluxClient) {
    this.#client = client;
  }

  /**
   * Looks which vehicles have custom signals, so that not every reading must. Until it is known each looks for itself; no
   * reading that begins after the call takes an older answer.
   */
  async lookForCustom(): Promise<void> {
    const look = ++this.#lookedForCustom;
    this.#custom = undefined;
    const found = await this.#client.query(this.#client.bucket, 'SHOW TAG VALUES FROM custom WITH KEY = vin');
    if (look === this.#lookedForCustom) this.#custom = new Set(found.map(({ value = '' }) => value));
  }

  /** A vehicle has custom signals. */
  noteCustom(vehicle: string): void {
    this.#ownCustom.add(vehicle);
  }

  /** Events in order of (ts, seq), each once though it may have come under two names; by pages that part no instant. */
  async *pages(scope: Scope): AsyncGenerator<EventRow[]> {
    let { from } = scope;
    const custom = await this.#customSignals(scope);
    for (let limit = PAGE; ; ) {
      const rows = await this.#page({ ...scope, from }, custom, limit);
      const last = rows.at(-1)?.ts ?? scope.to;
      const whole = rows.length < limit ? rows : rows.filter(({ ts }) => ts < last);
      if (whole.length > 0) yield united(whole.sort(compareRows));
      if (rows.length < limit) return;
      // A page that a single instant fills says nothing of where it ends.
      limit = whole.length === 0 ? 2 * limit : PAGE;
      from = last;
    }
  }

  /** Times of events, ascending. */
  async times(scope: Scope): Promise<number[]> {
    return (await this.#select('seq', scope)).map(({ time = '' }) => milliseconds(time));
  }

  /** The seqs of a device's trip, ascending; events without one of their own left out. */
  async seqs(scope: Scope): Promise<number[]> {
    const rows = await this.#select('seq', scope);
    const own = rows.filter(({ time = '', seq }) => milliseconds(time) !== Number(seq));
    return own.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
  }

  /** What a signal's values in each step add up to, by the start of the step; added up by InfluxDB. */
  async rollups(scope: Scope, signal: string, stepMs: number): Promise<Map<number, Rollup>> {
    const field = identifier(signal);
    const columns = ['count', 'sum', 'min', 'max'].map((name) => `${name}(${field}) AS ${name}`).join();
    const step = `GROUP BY time(${stepMs / MS_PER_MINUTE}m) fill(none)`;
    const rows = await this.#select(columns, scope, step);
    return new Map(
      rows.map(({ time = '', count, sum, min, max }) => [
        milliseconds(time),
        { count: Number(count), sum: Number(sum), min: Number(min), max: Number(max) },
      ]),
    );
  }

  /** The first events of a scope. Many custom signals are asked for part by part, since most points have few of them. */
  async #page(scope: Scope, custom: readonly string[], limit: number): Promise<EventRow[]> {
    const columns = [...COLUMNS, ...custom.slice(0, CUSTOM_AT_ONCE)];
    const found = await this.#selectBytes(withTags(columns), scope, `LIMIT ${limit}`);
    const rows = parseEventRows(found);
    if (custom.length <= CUSTOM_AT_ONCE) return rows;
    const valuesAt = new Map(
      parseCsv(found.toString()).map((row, index) => [placeOf(row), rows[index]?.values as Values]),
    );
    const to = rows.length < limit ? scope.to : (rows.at(-1)?.ts ?? scope.to);
    for (let at = CUSTOM_AT_ONCE; at < custom.length; at += CUSTOM_AT_ONCE) {
      const names = custom.slice(at, at + CUSTOM_AT_ONCE);
      for (const row of await this.#select(withTags(names), { ...scope, to })) {
        Object.assign(valuesAt.get(placeOf(row)) ?? {}, valuesOf(row, names));
      }
    }
    return rows;
  }

  /** Custom signals that events of these containers have, and maybe more. */
  async #customSignals(scope: Scope): Promise<readonly string[]> {
    const custom = this.#custom;
    const mayHave = (name: string) => this.#ownCustom.has(name) || (custom?.has(name) ?? true);
    if (!scope.names.some(mayHave)) return [];
    const query = `SELECT signals FROM custom WHERE ${isIn(scope)}`;
    const notes = await this.#client.query(this.#client.bucket, query);
    return [...new Set(notes.flatMap(({ signals = '' }) => signals.split(',')))].sort();
  }

  async #select(columns: string, scope: Scope, rest = ''): Promise<Row[]> {
    return parseCsv((await this.#selectBytes(columns, scope, rest)).toString());
  }

  #selectBytes(columns: string, scope: Scope, rest = ''): Promise<Buffer> {
    const { from, to } = scope;
    const time = `time >= ${Math.max(from, 0)}000000 AND time < ${Math.min(to + 1, MOST_MS)}000000`;
    const query = `SELECT ${columns} FROM telemetry WHERE ${isIn(scope)} AND ${time} ${rest}`;
    return this.#client.queryBytes(this.#client.bucket, query);
  }
}

/** The values of an event that is being read. */
type Values = Record<string, number>;

function valuesOf(row: Row, names: readonly string[]): Values {
  return Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, Number(row[name])]])));
}

/** A condition: the point lies in the containers of a scope. */
function isIn({ names, containers }: Scope): string {
  return [isOneOf('vin', names), ...(containers === undefined ? [] : [isOneOf('trip_id', containers)])].join(' AND ');
}

function withTags(fields: readonly string[]): string {
  return [...fields, 'vin', 'trip_id'].map(identifier).join();
}

/** A point by its tags and time. */
function placeOf({ vin, trip_id, time }: Row): string {
  return `${vin} ${trip_id} ${time}`;
}

/** Rows in order, of which neighbours of one key are one. */
function united(rows: readonly EventRow[]): EventRow[] {
  const result: EventRow[] = [];
  for (const row of rows) {
    const last = result.at(-1);
    if (last === undefined || compareRows(last, row) !== 0) result.push(row);
    else result[result.length - 1] = { ...row, ...last, values: { ...row.values, ...last.values } };
  }
  return result;
}
