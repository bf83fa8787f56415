/** A link to a server that keeps at it: what could not be answered is sent again until it is. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';

/** What is asked of the server; `path` begins with a slash. */
export interface LinkRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface LinkAnswer {
  readonly status: number;
  /** The body, if it is JSON. */
  readonly body: unknown;
  /** How long it took to be answered, milliseconds, waiting for an absent server included. */
  readonly ms: number;
}

/** One try's answer. */
interface Reply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

type ReadReply = (response: IncomingMessage) => Promise<Reply>;

export interface LinkParts {
  readonly url: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Hears why it waits, and when it goes on: null. */
  readonly onWaiting: (why: string | null) => void;
}

/** How long nothing may move on a connection. */
const STALLED_MS = 30_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Failures that pass: nobody answers, or stops in the middle. */
const PASSING: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
]);

export class Link {
  readonly #parts: LinkParts;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#agent = isHttps(parts.url) ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  /** Sends until there is an answer other than "not now". Throws `CommandError` where there can be none. */
  async send(request: LinkRequest): Promise<LinkAnswer> {
    const began = performance.now();
    const { status, text } = await this.#keepAt(request, readReply);
    return { status, body: parsed(text), ms: performance.now() - began };
  }

  /**
   * Gives the body of a good answer to `take` as it comes, again from its beginning where it breaks off. Any other answer
   * is read as `send` does.
   */
  async read(request: LinkRequest, take: (body: AsyncIterable<Buffer>) => Promise<void>): Promise<LinkAnswer> {
    const began = performance.now();
    const { status, text } = await this.#keepAt(request, async (response) => {
      if (response.statusCode !== 200) return readReply(response);
      await take(response);
      return { status: 200, retryAfter: undefined, text: '' };
    });
    return { status, body: parsed(text), ms: performance.now() - began };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #keepAt(request: LinkRequest, read: ReadReply): Promise<Reply> {
    for (let tries = 1; ; tries++) {
      const reply = await this.#try(request, read);
      if (typeof reply !== 'string' && !isLater(reply.status)) {
        if (tries > 1) this.#parts.onWaiting(null);
        return reply;
      }
      const [why, retryAfter] = typeof reply === 'string' ? [reply] : [`it answers ${reply.status}`, reply.retryAfter];
      this.#parts.onWaiting(why);
      await pause(waitMs(tries, retryAfter), undefined, { signal: this.#parts.signal });
    }
  }

  /** What came back; as a text, why nothing did. */
  async #try(request: LinkRequest, read: ReadReply): Promise<Reply | string> {
    try {
      return await this.#once(request, read);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (PASSING.has(code)) return code;
      if (this.#parts.signal.aborted || error instanceof CommandError) throw error;
      throw new CommandError(`${this.#parts.url} can not be talked to: ${message}`);
    }
  }

  #once({ method, path, headers, body = '' }: LinkRequest, read: ReadReply): Promise<Reply> {
    const { url, key, signal } = this.#parts;
    return new Promise((resolve, reject) => {
      const request = (isHttps(url) ? httpsRequest : httpRequest)(url + path, {
        method,
        agent: this.#agent,
        signal,
        timeout: STALLED_MS,
        headers: { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body), ...headers },
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error('it is silent'), { code: 'ETIMEDOUT' })));
      request.on('error', reject);
      request.on('response', (response) => read(response).then(resolve, reject));
      request.end(body);
    });
  }
}

/** How long to wait before the next try: longer each time, never at the same moment as others, never before it is wanted. */
export function waitMs(tries: number, retryAfter: string | undefined, random: () => number = Math.random): number {
  const most = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
  const wanted = Number(retryAfter ?? 0) * 1_000;
  const jittered = most * (0.5 + random() / 2);
  return Number.isFinite(wanted) && wanted > 0 ? wanted + jittered / 2 : jittered;
}

/** Whether the same may be answered otherwise later: too many requests, or the server's own trouble. */
function isLater(status: number): boolean {
  return status === 429 || status >= 500;
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isHttps(url: string): boolean {
  return url.startsWith('https:');
}
