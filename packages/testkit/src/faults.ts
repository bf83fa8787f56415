/**
 * What the server and the edge must survive, and where each is proven. A row without a proof says why: nothing is
 * claimed that nobody shows.
 */

/** Where a fault is shown to be survived. */
export type Proof =
  /** A scenario of `npm run torture`. */
  | { readonly torture: string }
  /** A test of `npm test`, by its file and name. */
  | { readonly test: string; readonly named: string }
  /** A command of its own, which takes longer than a test may. */
  | { readonly command: string };

export interface Fault {
  readonly no: number;
  readonly fault: string;
  /** What must be so all the same. */
  readonly promise: string;
  readonly proofs: readonly Proof[];
  /** What is not shown, and why. */
  readonly open?: string;
}

const SINK =
  'The API writes to InfluxDB before it acknowledges; there is no journal between them that could lag behind.';

export const FAULTS: readonly Fault[] = [
  {
    no: 1,
    fault: 'kill -9 at any moment',
    promise: 'what was acknowledged is there once; new events are taken within 5 s of being ready',
    proofs: [
      { torture: 'kills' },
      { torture: 'kill-points' },
      {
        test: 'api/test/kill.test.ts',
        named: 'drives shuffled, repeated and cut at random come out as exactly the true trips',
      },
    ],
  },
  {
    no: 2,
    fault: 'power cut: the end of the log on disk is missing, zeros or noise',
    promise: 'the file opens by itself; every commit before the damage is there, and of the others a prefix',
    proofs: [{ torture: 'torn-tails' }, { torture: 'power-cuts' }],
    open: 'A disk that says it has synced and has not can not be made good for.',
  },
  {
    no: 3,
    fault: 'InfluxDB is away',
    promise: '503 with Retry-After within a bound; afterwards every event is there once',
    proofs: [
      {
        test: 'api/test/influx-writing.test.ts',
        named: 'rejects within a bound while InfluxDB is away, takes no more than fits, and goes on when it is back',
      },
    ],
  },
  {
    no: 4,
    fault: 'InfluxDB is slow',
    promise: 'memory is bounded, callers are told to wait',
    proofs: [
      {
        test: 'api/test/influx-writing.test.ts',
        named: 'rejects within a bound while InfluxDB is away, takes no more than fits, and goes on when it is back',
      },
    ],
  },
  {
    no: 5,
    fault: 'InfluxDB said that it has something, and is killed',
    promise: 'what was acknowledged is there once',
    proofs: [
      {
        test: 'api/test/influx-writing.test.ts',
        named: 'keeps what is acknowledged, once, while InfluxDB is killed and started under load',
      },
    ],
    open: `A database that loses what it synced can't be made good for. ${SINK}`,
  },
  {
    no: 6,
    fault: 'InfluxDB refuses some of many events',
    promise: 'the others are stored; nobody is held up',
    proofs: [
      { test: 'api/test/influx-writing.test.ts', named: 'refuses what is past retention by name, a few or all' },
    ],
  },
  {
    no: 7,
    fault: 'the disk is full',
    promise: '503, no damage, and it goes on by itself when there is room again',
    proofs: [
      { torture: 'failing-disks' },
      { test: 'api/test/disk-full.test.ts', named: 'a full disk is told, and over when there is room again' },
      {
        test: 'api/test/disk-full.test.ts',
        named: 'nothing that is acknowledged is lost while the disk is full now and then',
      },
    ],
  },
  {
    no: 8,
    fault: 'the folder is read-only, or reading and writing fail',
    promise: 'one line that says so, and nothing is acknowledged',
    proofs: [
      { torture: 'failing-disks' },
      { test: 'api/test/http-program.test.ts', named: 'a folder that may not be written to' },
    ],
  },
  {
    no: 9,
    fault: 'chunks come twice, out of order, in part, overlapping',
    promise: 'the same drive as if they had come in order, once',
    proofs: [
      {
        test: 'api/test/uploads-property.test.ts',
        named: 'a drive in any chunks, in any order, again and again, after any live beginning, is one whole trip',
      },
    ],
  },
  {
    no: 10,
    fault: 'the same key with other content, also at the same moment',
    promise: 'the first stays, the other is told',
    proofs: [
      {
        test: 'api/test/uploads.test.ts',
        named: 'lets one of two different bodies win that come at once under one number',
      },
      {
        test: 'api/test/http-ingest.test.ts',
        named: 'under a seq that is taken by another time is refused by name',
      },
    ],
  },
  {
    no: 11,
    fault: 'a wrong digest, gzip that ends early, several gzip members',
    promise: '4xx, nothing stored, nothing left behind; several members are read like one',
    proofs: [
      {
        test: 'api/test/uploads.test.ts',
        named: 'of which the connection breaks stores nothing and leaves nothing behind',
      },
      { test: 'api/src/ingest/gunzip.test.ts', named: 'reads members one behind the other, as gzip does' },
    ],
  },
  {
    no: 12,
    fault: 'a manifest that lies',
    promise: '409 that names what is nowhere; the upload can go on',
    proofs: [
      {
        test: 'api/src/uploads/check-manifest.test.ts',
        named: 'never finds complete what lacks an event, and names every seq that is nowhere',
      },
      {
        test: 'api/test/uploads-complete.test.ts',
        named: 'names missing chunks, then takes the manifest when they came',
      },
    ],
  },
  {
    no: 13,
    fault: 'wrong clocks: 1970, 1,024 weeks back, the future, 31 February, leap seconds',
    promise: 'live events outside the window are refused with the reason; no text is taken for another time',
    proofs: [
      { torture: 'clock-jumps' },
      { test: 'api/test/clock-not-set.test.ts', named: 'messages have no PUBACK, and have one when the clock is set' },
      { test: 'packages/contract/src/timestamp.test.ts', named: 'never takes a text that Date understands otherwise' },
      {
        test: 'api/test/http-ingest.test.ts',
        named: 'may be of any age where the setting says so, and is bounded ahead all the same',
      },
    ],
  },
  {
    no: 14,
    fault: 'many events of one second, told apart by seq only',
    promise: 'each is there',
    proofs: [
      {
        test: 'api/test/influx-writing.test.ts',
        named: 'stores every event of a trip at 10 Hz whose times are whole seconds',
      },
    ],
  },
  {
    no: 15,
    fault: 'gzip bombs',
    promise: 'refused before they have grown',
    proofs: [
      { test: 'api/src/ingest/gunzip.test.ts', named: 'refuses a bomb before it has grown' },
      {
        test: 'api/test/uploads-limits.test.ts',
        named: 'a bomb is refused before it has grown, whatever it is made of',
      },
    ],
  },
  {
    no: 16,
    fault: 'giant lines, deep nesting, bad encoding, anything at all as a body',
    promise: 'never a 5xx; what is good beside it is stored',
    proofs: [{ test: 'api/test/http-fuzz.test.ts', named: 'to ingest is stored or refused in words' }],
    open: 'The generators are not guided by coverage: the tool for that does not run on Debian 12.',
  },
  {
    no: 17,
    fault: 'slow clients and thousands of connections that say nothing',
    promise: 'cut off in time; others are served',
    proofs: [
      { torture: 'strangers' },
      { test: 'api/test/http-slow.test.ts', named: 'is not one whom the server keeps waiting' },
    ],
  },
  {
    no: 18,
    fault: 'keys are guessed',
    promise: 'held up by address; good keys never are',
    proofs: [
      { torture: 'strangers' },
      {
        test: 'api/test/wrong-keys.test.ts',
        named: 'wrong keys are held up for as long as Retry-After says, good ones never',
      },
    ],
  },
  {
    no: 19,
    fault: 'paths in ids and numbers (../, NUL, very long, negative)',
    promise: 'refused before a file name is made of them',
    proofs: [{ test: 'api/test/http-fuzz.test.ts', named: 'to any address, by any method' }],
  },
  {
    no: 20,
    fault: "a device asks for another's vehicle",
    promise: '403, on every route',
    proofs: [{ test: 'api/test/http-access.test.ts', named: 'is for whom it is meant' }],
  },
  {
    no: 21,
    fault: 'a device makes up trips without end',
    promise: 'memory stays bounded',
    proofs: [{ torture: 'made-up-trips' }],
    open: 'Nobody bounds the new trips of one key: they cost what their events cost.',
  },
  {
    no: 22,
    fault: 'MQTT: the broker restarts, sessions are taken over, messages come twice, retained or on a wrong topic',
    promise: 'PUBACK after the commit; what a broker acknowledged to a device is stored once',
    proofs: [
      { torture: 'brokers' },
      { torture: 'takeovers' },
      {
        test: 'api/test/mqtt-kill.test.ts',
        named: 'times, the server with every third of them: what was sent is stored once',
      },
      { test: 'api/test/mqtt-bridge.test.ts', named: 'a poison message stops nothing' },
      { test: 'api/test/mqtt-embedded.test.ts', named: 'a payload that names another vehicle is refused, and said so' },
    ],
  },
  {
    no: 23,
    fault: 'everybody connects at once',
    promise: 'all are served, none is lost',
    proofs: [{ torture: 'storms' }],
  },
  {
    no: 24,
    fault: 'the edge is offline for days',
    promise: 'nothing unsent is dropped silently; live data does not wait for the backlog',
    proofs: [
      { test: 'edge/test/drain.test.ts', named: 'a backlog is drained in order, and live events are not held up' },
    ],
  },
  {
    no: 25,
    fault: 'the link dies at any byte of what is sent',
    promise: 'sent again, it is there once',
    proofs: [{ torture: 'cut-links' }, { test: 'edge/test/link-cut.test.ts', named: 'broken at bytes that go %s' }],
  },
  {
    no: 26,
    fault: 'the answer is lost',
    promise: 'the next try is no second event',
    proofs: [{ torture: 'lost-replies' }],
  },
  {
    no: 27,
    fault: 'the edge is killed after it sent and before it noted so',
    promise: 'sent again, counted once',
    proofs: [
      {
        test: 'edge/test/kill.test.ts',
        named: 'whatever is killed, all that was committed arrives once, and no seq is missing',
      },
    ],
  },
  {
    no: 28,
    fault: 'two processes work on one store',
    promise: 'the same as one',
    proofs: [
      { torture: 'replicas' },
      {
        test: 'api/test/influx-replicas.test.ts',
        named: 'make exactly the true trips of drives shuffled and repeated, whatever is killed',
      },
    ],
  },
  {
    no: 29,
    fault: 'SIGTERM under load',
    promise: 'what was begun is finished, and it ends by itself within 25 s',
    proofs: [{ torture: 'rollouts' }],
  },
  {
    no: 30,
    fault: 'files of older and newer versions',
    promise: 'older ones are brought up to date after a copy, newer ones refused and left alone',
    proofs: [
      { test: 'api/test/migration.test.ts', named: 'is brought up to date with all that is in it, once' },
      {
        test: 'api/test/migration.test.ts',
        named: 'is refused in one line that names both versions, and stays as it is',
      },
    ],
  },
  {
    no: 31,
    fault: 'a day under load',
    promise: 'memory and open files do not grow',
    proofs: [{ command: 'npm run soak -- --minutes 1440' }],
    open: 'It is not run for a day before each release.',
  },
  {
    no: 32,
    fault: 'retention deletes while events come',
    promise: 'no write waits over 50 ms for it, and the file shrinks',
    proofs: [
      {
        test: 'api/test/retention-upkeep.test.ts',
        named: 'what is past retention goes in slices that nobody waits for, whatever it is, and the file shrinks',
      },
    ],
  },
];
