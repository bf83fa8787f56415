/** What OpenAPI says of live ingestion. */
import { type RouteDoc, ref } from '../route.ts';

export const INGEST_DOC: RouteDoc = {
  tag: 'Write',
  summary: 'Store one event, or many',
  description:
    'Answers when the events are durable. One event as JSON object; many as JSON array or NDJSON, gzip allowed. What is ' +
    'valid of many is stored, what is not is named. The same event again changes nothing.',
  body: {
    'application/json': { oneOf: [ref('TelemetryEvent'), { type: 'array', items: ref('TelemetryEvent') }] },
    'application/x-ndjson': { type: 'string', description: 'One event a line' },
    'application/x-ndjson+gzip': { type: 'string', contentMediaType: 'application/gzip' },
  },
  answers: { 200: { 'application/json': { oneOf: [ref('StoredEvent'), ref('BatchReport')] } } },
  problems: [
    'vehicle-not-allowed',
    'seq-conflict',
    'payload-too-large',
    'unsupported-media-type',
    'invalid-event',
    'clock-skew',
    'too-old',
    'overloaded',
    'store-unavailable',
  ],
};

export const IMPORT_DOC: RouteDoc = {
  tag: 'Write',
  summary: 'Store events that another server stored',
  description:
    'Lines as `events.import` of a trip has them there. Events may be of any age that is kept, and each says in `source` ' +
    'which device it came from. An event without a trip id stays one. The same event again changes nothing.',
  body: {
    'application/x-ndjson': { type: 'string', description: 'One event a line' },
    'application/x-ndjson+gzip': { type: 'string', contentMediaType: 'application/gzip' },
  },
  answers: { 200: { 'application/json': ref('BatchReport') } },
  problems: [
    'seq-conflict',
    'payload-too-large',
    'unsupported-media-type',
    'invalid-event',
    'clock-skew',
    'too-old',
    'overloaded',
    'store-unavailable',
  ],
};
