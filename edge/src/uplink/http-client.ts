/** Requests to the server. Node's own client, since `fetch` takes no certificate authority. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Begins with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  /** The body, if it is JSON; else undefined. */
  readonly body: unknown;
  /** What the server asks to wait, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The server's clock, milliseconds since 1970. */
  readonly dateMs: number | undefined;
}

/** What sends; rejects with whatever kept it from being answered. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpClientOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: string;
  /** Certificates of an own authority, PEM. */
  readonly ca?: string;
}

/** How long nothing may move on a connection. */
const STALLED_MS = 30_000;
/** How long an exchange may take in all: a chunk over a slow link. */
const LONGEST_MS = 150_000;
/** More of an answer is not read: it is none of ours. */
const MOST_BYTES = 2 ** 20;

export function createHttpClient({ url, key, ca }: HttpClientOptions): HttpClient {
  const isHttps = url.startsWith('https:');
  const options = { keepAlive: true, maxSockets: 4 };
  const agent = isHttps ? new HttpsAgent({ ...options, ...(ca !== undefined && { ca }) }) : new HttpAgent(options);
  const start = isHttps ? httpsRequest : httpRequest;

  async function send({ method, path, headers, body = '' }: HttpRequest): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(LONGEST_MS);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = start(url + path, {
        method,
        agent,
        signal,
        timeout: STALLED_MS,
        headers: { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body), ...headers },
      });
      request.on('timeout', () => request.destroy(new Error('nothing moved for 30 s')));
      request.on('error', reject);
      request.on('response', resolve);
      request.end(body);
    });
    return toAnswer(response, await readText(response));
  }

  return { send, close: () => agent.destroy() };
}

/** `Retry-After` in milliseconds: seconds, or a date. @see RFC 9110 §10.2.3 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, text: string): HttpAnswer {
  const date = Date.parse(headers.date ?? '');
  const dateMs = Number.isNaN(date) ? undefined : date;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], dateMs ?? Date.now());
  return { status: statusCode, body: parsed(text), retryAfterMs, dateMs };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) throw new Error('the answer is too long to be ours');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
