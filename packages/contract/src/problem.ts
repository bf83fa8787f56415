/**
 * Everything that an answer can complain of, in one table; on the wire it is a problem document.
 * @see RFC 9457, Problem Details for HTTP APIs
 */

/** One kind of problem. */
export interface ProblemKind {
  /** HTTP status. */
  readonly status: number;
  /** The same words for every occurrence. */
  readonly title: string;
  /** Whether the same request may succeed later: if not, sending it again is of no use. */
  readonly retryable: boolean;
}

export const PROBLEMS = {
  'malformed-body': kind(400, 'The body is not what its content type says'),
  'malformed-request': kind(400, 'A path, query or header is not of the form it must have'),
  unauthorized: kind(401, 'The key is missing, wrong, expired or revoked'),
  forbidden: kind(403, 'This key may not do that'),
  'vehicle-not-allowed': kind(403, 'This key is not for that vehicle'),
  'not-found': kind(404, 'There is nothing here'),
  'trip-not-found': kind(404, 'No such trip'),
  'vehicle-not-found': kind(404, 'No such vehicle'),
  'method-not-allowed': kind(405, 'This address does not take that method'),
  'not-acceptable': kind(406, 'None of the formats asked for can be had'),
  'seq-conflict': kind(409, 'This seq of the trip is taken by an event with another time'),
  'ambiguous-trip': kind(409, 'Several vehicles have a trip of this id'),
  'chunk-conflict': kind(409, 'This chunk number is taken by other lines'),
  'manifest-mismatch': kind(409, 'What the manifest lists is not all here'),
  conflict: kind(409, 'This contradicts what is there already'),
  'payload-too-large': kind(413, 'The body is too large'),
  'unsupported-media-type': kind(415, 'The content type or encoding is not understood'),
  'invalid-event': kind(422, 'The event is not valid'),
  'clock-skew': kind(422, "The event's time is too far from the server's"),
  'too-old': kind(422, 'The event is older than what is kept'),
  'digest-mismatch': kind(422, 'The body does not have the digest that was announced', true),
  'invalid-chunk': kind(422, 'The chunk is not what its trip and headers say'),
  'invalid-manifest': kind(422, 'The manifest is not valid'),
  'invalid-request': kind(422, 'The body is well-formed but not valid'),
  'rate-limited': kind(429, 'Too many tries', true),
  internal: kind(500, 'The server failed; the log says more', true),
  overloaded: kind(503, 'More is waiting to be stored than fits', true),
  'store-unavailable': kind(503, 'The store can not be used at the moment', true),
  'clock-not-set': kind(503, "The server's clock was never set", true),
  'broker-unavailable': kind(503, 'The MQTT broker can not be reached at the moment', true),
  'shutting-down': kind(503, 'The server is about to stop', true),
} as const satisfies Record<string, ProblemKind>;

/** The stable name of a problem. */
export type ProblemSlug = keyof typeof PROBLEMS;

/** One fault and where it lies. */
export interface Fault {
  /** JSON Pointer (RFC 6901) to the place in what was sent, `''` for the whole of it. */
  readonly pointer: string;
  /** What is wrong there, in words for whoever sends it. */
  readonly detail: string;
}

/** One occurrence of a problem, as code passes it on. */
export interface Problem {
  readonly slug: ProblemSlug;
  /** What is wrong this time, and the mend where there is one. */
  readonly detail: string;
  /** Every fault at once. */
  readonly errors?: readonly Fault[];
  /** Further members of the document, by the problem's kind. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Seconds after which trying again may be of use, where that is known; for the header `Retry-After`. */
  readonly retryAfterS?: number;
}

/** The document of RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Fault[];
  readonly [extra: string]: unknown;
}

const TYPE_PREFIX = 'urn:fleet-telemetry:problem:';

/** The media type of a problem document. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem for a place in what was sent. */
export function problem(slug: ProblemSlug, detail: string, errors?: readonly Fault[]): Problem {
  return errors === undefined ? { slug, detail } : { slug, detail, errors };
}

/** The document to answer with. */
export function problemDocument({ slug, detail, errors, extra }: Problem): ProblemDocument {
  const { status, title } = PROBLEMS[slug];
  return { type: TYPE_PREFIX + slug, title, status, detail, ...(errors && { errors }), ...extra };
}

/** The stable name in a document that somebody answered with, if it is one of ours. */
export function problemSlug(document: unknown): ProblemSlug | undefined {
  const type = (document as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !type.startsWith(TYPE_PREFIX)) return undefined;
  const slug = type.slice(TYPE_PREFIX.length);
  return Object.hasOwn(PROBLEMS, slug) ? (slug as ProblemSlug) : undefined;
}

function kind(status: number, title: string, retryable = false): ProblemKind {
  return { status, title, retryable };
}
