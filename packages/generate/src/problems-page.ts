/** docs/problems.md: everything that an answer can complain of, and what to do about it. */
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemSlug, problem, problemDocument } from '@fleet/contract';
import { code, GENERATED, page, table } from './markdown.ts';

/** What whoever sent the request can do. */
const MENDS: Readonly<Record<ProblemSlug, string>> = {
  'malformed-body': 'Send what the content type says: UTF-8, valid JSON or gzip, at most 16 levels deep.',
  'malformed-request': 'Mend the path, query or header that `detail` names.',
  unauthorized: 'Send a valid key: `Authorization: Bearer <key>`. `npx fleet keys add` makes one.',
  forbidden:
    'Use a key with another role: a device writes, a viewer reads, an admin does either. A share link shows what it is for.',
  'vehicle-not-allowed': 'Use a key of that vehicle, or name the vehicle of this key.',
  'not-found': 'Look at the address; what it named may have been removed.',
  'trip-not-found': 'To upload, announce the trip first: `POST /v1/trips`. To read, look at `GET /v1/trips`.',
  'vehicle-not-found': 'Look at `GET /v1/vehicles`.',
  'method-not-allowed': 'Use one of the methods in the header `Allow`.',
  'not-acceptable': 'Ask for one of the media types that `detail` lists, or use a suffix: `events.csv`.',
  'seq-conflict': 'A device must use each seq of a trip once. Begin a new `trip_id` when the count begins anew.',
  'ambiguous-trip': 'Say which vehicle: `?vehicle=`. `vehicles` lists them.',
  'chunk-conflict': 'Lines that were sent stay under their number: send other lines under a new one.',
  'manifest-mismatch': 'Send the chunks in `missing`, mend those in `differing`, then complete again.',
  conflict: 'Look at what is there, as `detail` says, and change that first.',
  'payload-too-large': 'Send less at once; send many events as NDJSON.',
  'unsupported-media-type': 'Send JSON or NDJSON, plain or gzipped.',
  'invalid-event': 'Mend every place in `errors`. Sent again unchanged it is refused again.',
  'clock-skew': "Set the device's clock. Send old drives as offline uploads.",
  'too-old': 'Nothing: the server is set to keep no events of that age (`RETENTION`).',
  'digest-mismatch': 'Send the chunk again; if it persists, mend how the digest is computed.',
  'invalid-chunk': 'Put only lines of this trip and vehicle into a chunk; gzip it whole.',
  'invalid-manifest': 'Mend every place in `errors`.',
  'invalid-request': 'Mend every place in `errors`.',
  'rate-limited': 'Send a good key: it is let in all the while. Wrong ones are heard again after `Retry-After`.',
  internal: 'Try again later. Tell whoever runs the server the `instance`: it is in the log.',
  overloaded: 'Try again after `Retry-After`.',
  'store-unavailable':
    'Keep the events, and try again after `Retry-After`. Mostly the disk is full: make room on the server.',
  'clock-not-set':
    "The server's machine does not know what time it is, as a Raspberry Pi without a network. Set its clock; devices keep what they have and send it again.",
  'broker-unavailable': 'Whoever watches over the server: see whether the broker runs, and what its log says.',
  'shutting-down': 'Try again after `Retry-After`, over a new connection.',
};

const HEAD = ['problem', 'status', 'what it says', 'again?', 'what to do'];

export function problemsPage(): string {
  const { type } = problemDocument(problem('invalid-event', ''));
  return page(
    GENERATED,
    '# Problems',
    `Every answer with a status of 400 or above is a problem document (RFC 9457) of the media type ` +
      `${code(PROBLEM_MEDIA_TYPE)}. Its \`type\` is one of these names behind a prefix: ${code(type)}. Tell problems ` +
      'apart by `type`, never by `title` or `detail`, which are for people. Only what is no proper HTTP (headers that are ' +
      'too large, or come too slowly) has a bare status and no document.',
    'Where *again?* says yes, the same request may succeed later, and `Retry-After` says when to try. Elsewhere sending ' +
      'it again is of no use.',
    table(HEAD, (Object.keys(PROBLEMS) as ProblemSlug[]).map(row)),
  );
}

function row(slug: ProblemSlug): string[] {
  const { status, title, retryable } = PROBLEMS[slug];
  return [code(slug), `${status}`, title, retryable ? 'yes' : 'no', MENDS[slug]];
}
