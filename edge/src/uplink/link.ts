/** The gate that everything is sent through: open when our own server answered, knew the key and told the time. */
import { type Log, NotNowError, type TimeObserver } from '../ports.ts';
import { Backoff } from './backoff.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';
import { judge, type Verdict } from './judge.ts';

/** Whose key it is. */
export interface Session {
  readonly name: string;
  /** The vehicles that it may speak for; `*` for all. */
  readonly vehicles: readonly string[] | '*';
}

/** Sending can't go on now: nothing is lost, all of it is tried again. */
export class LinkError extends NotNowError {
  readonly retryAfterMs: number | undefined;

  constructor(why: string, retryAfterMs?: number) {
    super(why);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface LinkParts {
  readonly client: HttpClient;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Is told the server's clock, before anything is sent. */
  readonly onTime: TimeObserver;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What people are shown. */
export interface LinkState {
  readonly open: boolean;
  /** Why it is not; null while it is, or was never tried. */
  readonly why: string | null;
}

/** A `Date` header has whole seconds: in the mean it is half of one late. */
const DATE_LAG_MS = 500;

export class Link {
  readonly #parts: LinkParts;
  readonly #backoff = new Backoff();
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;
  #failure: LinkError | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get state(): LinkState {
    return { open: this.#session !== undefined, why: this.#failure?.message ?? null };
  }

  /** Resolves when the gate is open. Rejects only when the program stops. */
  ready(): Promise<Session> {
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Sends through the open gate. Throws `LinkError`, and closes the gate, where the answer is none of ours or says wait. */
  async ask<T>(
    request: HttpRequest,
    read: (body: Readonly<Record<string, unknown>>) => T | undefined,
  ): Promise<Exclude<Verdict<T>, { kind: 'wait' }>> {
    const verdict = judge(await this.#send(request), read);
    if (verdict.kind === 'wait') throw this.#lose(new LinkError(verdict.why, verdict.retryAfterMs));
    return verdict;
  }

  /** Closes the gate for a reason that an answer gave. */
  lose(why: string): LinkError {
    return this.#lose(new LinkError(why));
  }

  /** Something that was sent arrived. */
  proved(): void {
    this.#backoff.reset();
  }

  async #open(): Promise<Session> {
    for (;;) {
      if (this.#failure !== undefined) {
        await this.#parts.pause(this.#backoff.next(this.#failure.retryAfterMs), this.#parts.signal);
      }
      this.#parts.signal.throwIfAborted();
      try {
        const session = await this.#probe();
        if (this.#failure !== undefined) this.#parts.log.info(`the server is reached again, as ${session.name}`);
        this.#failure = undefined;
        this.#session = session;
        return session;
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        this.#lose(error);
      }
    }
  }

  async #probe(): Promise<Session> {
    const askedMs = performance.now();
    const answer = await this.#send({ method: 'GET', path: '/v1/session' });
    const underwayMs = (performance.now() - askedMs) / 2;
    const verdict = judge(answer, readSession);
    if (verdict.kind === 'wait') throw new LinkError(verdict.why, verdict.retryAfterMs);
    if (verdict.kind !== 'taken') throw new LinkError(`/v1/session is refused: ${verdict.kind}`);
    if (answer.dateMs === undefined) throw new LinkError('somebody else answers: no Date');
    this.#parts.onTime('server', answer.dateMs + DATE_LAG_MS + underwayMs);
    return verdict.body;
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#parts.client.send(request);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw this.#lose(new LinkError(code ?? message));
    }
  }

  #lose(failure: LinkError): LinkError {
    if (this.#failure?.message !== failure.message) this.#parts.log.warn(`nothing can be sent: ${failure.message}`);
    this.#session = undefined;
    this.#failure = failure;
    return failure;
  }
}

function readSession({ name, role, vehicles }: Readonly<Record<string, unknown>>): Session | undefined {
  if (typeof name !== 'string' || (role !== 'device' && role !== 'admin')) return undefined;
  return vehicles === '*' || Array.isArray(vehicles) ? { name, vehicles } : undefined;
}
