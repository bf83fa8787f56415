/** The baseline of events as JSON, one or many: a server that does all the same, and stores nothing. */
import type { ServerResponse } from 'node:http';
import { digestOf } from '@fleet/api/access/key';
import { sendJson } from '@fleet/api/http/answer';
import { parseJson } from '@fleet/api/ingest/decode';
import { validateEvent } from '@fleet/api/ingest/validate-event';
import { KEY } from './scratch.ts';
import { serveBaseline } from './serve-baseline.ts';

const holders = new Map([[digestOf(KEY), 'bench']]);
const TRIP = 'aaaaaaaa-0000-4000-8000-000000000000';

function check(value: unknown) {
  const event = validateEvent(value);
  if (!event.ok) throw new Error(event.error.detail);
  return { trip_id: TRIP, seq: event.value.ts };
}

serveBaseline((key, body, res: ServerResponse) => {
  if (!holders.has(digestOf(key))) throw new Error('nobody has this key');
  const value = parseJson(body);
  if (!value.ok) throw new Error(value.error.detail);
  const stored = Array.isArray(value.value) ? value.value.map(check) : check(value.value);
  sendJson(res, 200, stored);
});
