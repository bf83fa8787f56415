/**
 * The wire format of an app or a dongle that people already have: how its requests are read, how it wants to be
 * answered, how it is set up. A format only turns a raw request into candidates for events; everything after is the same
 * way that every event goes.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem, Result } from '@fleet/contract';

/** A request as the app sent it, within bounds, unpacked. */
export interface AppRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** When it came, milliseconds since 1970: the time of what has none of its own. */
  readonly now: number;
  /** The latest time that is taken now, milliseconds since 1970. */
  readonly latest: number;
}

/** What may become an event: it lacks its vehicle, and nothing of it is checked. */
export interface Candidate {
  /** Time, signals and trouble codes, as an event has them. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The VIN, where the app says it. */
  readonly vin?: string | undefined;
  /** What the app calls the phone, dongle or tracker, in the form of an alias; the best name first. */
  readonly devices: readonly string[];
  /** What the app calls the trip. The same within a device means the same trip. */
  readonly session?: string | undefined;
}

/** What the app calls a signal that is not in the vocabulary. */
export interface SignalLabel {
  readonly signal: string;
  /** `''` where the app did not say, or says it another time. */
  readonly label: string;
  /** As people write it; `''` likewise. */
  readonly unit: string;
}

/** What was in a request. */
export interface Decoded {
  /**
   * As often as they are asked for; made one by one, where a request may have very many. Null stands for an entry that
   * says nothing: whoever goes through thousands of them can take a breath there too.
   */
  readonly candidates: Iterable<Candidate | null>;
  /** What this device calls signals. */
  readonly labelling?: { readonly devices: readonly string[]; readonly labels: readonly SignalLabel[] };
}

/** What each entry of a request says, worked out when it is asked for: a request may have tens of thousands of them. */
export function eachOf<T>(entries: readonly T[], from: (entry: T) => readonly Candidate[]): Decoded['candidates'] {
  return {
    *[Symbol.iterator]() {
      for (const entry of entries) {
        const found = from(entry);
        if (found.length === 0) yield null;
        else yield* found;
      }
    },
  };
}

/** An answer in the app's own words. */
export interface AppAnswer {
  readonly status: number;
  /** The media type, null where there is no body. */
  readonly type: string | null;
  readonly body: string;
}

/**
 * Chosen so that this app keeps good data and drops bad. Where the data is good and something else is wrong (the key: 401,
 * 403, 429; too much at once: 413; the store: 503) the answer is a problem document, on which all of them keep theirs.
 */
export interface AppAnswers {
  /** It is durable, or there was nothing to keep. */
  readonly taken: AppAnswer;
  /** It can never be taken: the app must let go of it. It is kept as a dead letter. */
  readonly bad: AppAnswer;
}

/** Where a device sends to. */
export interface Address {
  /** The server, without a slash at the end. */
  readonly server: string;
  /** With the key in it. */
  readonly url: string;
  readonly key: string;
}

/** How an app is told where to send. */
export interface Setup {
  /** What is typed into the app. */
  readonly url: string;
  /** What to do in the app, a line each. */
  readonly steps: readonly string[];
  /** A link that sets the app up when it is opened on the phone. */
  readonly link?: string;
}

export interface Format {
  /** In addresses: `/i/<name>/<key>`. */
  readonly name: string;
  /** What people call the app. */
  readonly title: string;
  readonly methods: readonly ('get' | 'post')[];
  readonly answers: AppAnswers;
  /** Further addresses, with `{key}` in them, that the app insists on. */
  readonly paths?: readonly string[];
  decode(request: AppRequest): Result<Decoded, Problem>;
  setup(address: Address): Setup;
}

/** Answers of an app that is only told whether to let go of what it sent. */
export function answersOf(taken: AppAnswer): AppAnswers {
  return { taken, bad: taken };
}

/** An answer without a body. */
export const EMPTY: AppAnswer = { status: 200, type: null, body: '' };
