/** What a copy asks of a server, and tells it, over its HTTP API. */
import { gzipSync } from 'node:zlib';
import { linesOf } from '../../ingest/lines.ts';
import type { TripSummary } from '../../ports.ts';
import { CommandError } from '../command-error.ts';
import { refusalIn } from '../replay/answers.ts';
import type { Link, LinkAnswer, LinkRequest } from '../replay/link.ts';

/** A vehicle as servers list it. */
export interface Vehicle {
  readonly vehicle: string;
  readonly name: string | null;
  readonly aliases: readonly string[];
}

/** A change that somebody made to trips; what else it has is for servers. */
export interface WireCorrection {
  readonly id: string;
  readonly vehicle: string;
}

/** What became of events that were sent. */
export interface ImportReport {
  readonly accepted: number;
  readonly rejected_count: number;
  readonly rejected: readonly { readonly type: string; readonly errors: readonly { readonly detail: string }[] }[];
}

/** Lines in a request: well below the most that a body may have. */
const LINES_AT_ONCE = 2_000;

export class FleetApi {
  readonly #link: Link;
  readonly #url: string;

  constructor(link: Link, url: string) {
    this.#link = link;
    this.#url = url;
  }

  /** What the key may do. */
  async role(): Promise<string> {
    return (await this.#ask<{ role: string }>({ method: 'GET', path: '/v1/session' })).role;
  }

  async vehicles(): Promise<readonly Vehicle[]> {
    return (await this.#ask<{ vehicles: readonly Vehicle[] }>({ method: 'GET', path: '/v1/vehicles' })).vehicles;
  }

  async putVehicle({ vehicle, name, aliases }: Vehicle): Promise<void> {
    await this.#ask(put(`/v1/vehicles/${vehicle}`, { name, aliases }));
  }

  async corrections(): Promise<readonly WireCorrection[]> {
    const { corrections } = await this.#ask<{ corrections: readonly WireCorrection[] }>({
      method: 'GET',
      path: '/v1/corrections',
    });
    return corrections;
  }

  async putCorrection(correction: WireCorrection): Promise<void> {
    await this.#ask(put(`/v1/corrections/${correction.id}`, correction));
  }

  /** All trips of a vehicle, the oldest first. */
  async trips(vehicle: string): Promise<readonly TripSummary[]> {
    const trips: TripSummary[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path = `/v1/trips?vehicle=${vehicle}&limit=500${cursor && `&cursor=${cursor}`}`;
      const page: TripPage = await this.#ask({ method: 'GET', path });
      trips.push(...page.trips);
      cursor = page.next_cursor;
    }
    return trips.reverse();
  }

  /**
   * Gives the events of a trip on as they come, some at a time; `begin` is called first, and again whenever the reading
   * has to begin anew. False where the trip is another one by now.
   */
  async readEvents(
    { trip_id, vehicle }: TripSummary,
    begin: () => void,
    take: (lines: readonly Buffer[]) => Promise<void>,
  ): Promise<boolean> {
    const path = `/v1/trips/${trip_id}/events.import?vehicle=${vehicle}`;
    const answer = await this.#link.read({ method: 'GET', path }, async (body) => {
      begin();
      let lines: Buffer[] = [];
      for await (const some of linesOf(body)) {
        lines.push(...some.map(({ bytes }) => bytes));
        while (lines.length >= LINES_AT_ONCE) {
          await take(lines.slice(0, LINES_AT_ONCE));
          lines = lines.slice(LINES_AT_ONCE);
        }
      }
      if (lines.length > 0) await take(lines);
    });
    if (answer.status === 308 || answer.status === 404) return false;
    this.#bodyOf(answer, path);
    return true;
  }

  /** Stores events; what is there already stays as it is. */
  async importEvents(lines: readonly Buffer[]): Promise<ImportReport> {
    const path = '/v1/import';
    const body = gzipSync(lines.map((line) => `${line}\n`).join(''));
    const headers = { 'content-type': 'application/x-ndjson+gzip' };
    const answer = await this.#link.send({ method: 'POST', path, headers, body });
    const report = answer.body as Partial<ImportReport> | null;
    // Where none was taken the answer is a problem, which lists them too.
    if (report?.rejected_count !== undefined) return { accepted: 0, rejected: [], ...report } as ImportReport;
    return this.#bodyOf(answer, path);
  }

  async #ask<T>(request: LinkRequest): Promise<T> {
    return this.#bodyOf<T>(await this.#link.send(request), request.path);
  }

  #bodyOf<T>(answer: LinkAnswer, path: string): T {
    if (answer.status < 300) return answer.body as T;
    const { slug, detail } = refusalIn(answer);
    throw new CommandError(`${this.#url}${path.split('?')[0]}: ${detail} (${slug})`);
  }
}

interface TripPage {
  readonly trips: readonly TripSummary[];
  readonly next_cursor: string | null;
}

function put(path: string, body: object): LinkRequest {
  return { method: 'PUT', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
