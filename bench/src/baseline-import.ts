/**
 * The baseline of imports, as a service in front of InfluxDB usually does it: unpack, parse, validate each line with ajv,
 * build a `Point` of the client library and make line protocol of it. It sends that nowhere and stores nothing.
 */
import { gunzipSync } from 'node:zlib';
import { ENVELOPE_NAMES, EVENT_SCHEMA, type TelemetryEvent } from '@fleet/contract';
import { Point } from '@influxdata/influxdb-client';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { serveBaseline } from './serve-baseline.ts';

const isEvent = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile<TelemetryEvent>(
  EVENT_SCHEMA,
);
const envelope = new Set(ENVELOPE_NAMES);

serveBaseline((_key, body, res) => {
  let bytes = 0;
  let accepted = 0;
  for (const line of gunzipSync(body).toString().split('\n')) {
    if (line === '') continue;
    const event: unknown = JSON.parse(line);
    if (!isEvent(event)) continue;
    bytes += pointOf(event).toLineProtocol()?.length ?? 0;
    accepted++;
  }
  const text = JSON.stringify({ accepted, bytes });
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
});

function pointOf(event: TelemetryEvent): Point {
  const point = new Point('telemetry')
    .tag('vin', event.vin ?? event.vehicle_id ?? '')
    .tag('trip_id', event.trip_id ?? `day-${event.ts.slice(0, 10)}`)
    .timestamp(new Date(event.ts));
  for (const [name, value] of Object.entries(event)) {
    if (!envelope.has(name)) point.floatField(name, value);
  }
  return point;
}
