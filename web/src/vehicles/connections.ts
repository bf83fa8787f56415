/** How a device is told where to send and with which key: one row for each way that the server listens. Pure. */
import type { MessageKey } from '../text/translate.ts';

export interface Connection {
  /** The server's address without a slash at its end. */
  readonly url: string;
  readonly vehicle: string;
  readonly key: string;
}

interface Way {
  readonly label: MessageKey;
  readonly lines: (connection: Connection) => string;
}

export const WAYS: readonly Way[] = [
  {
    label: 'devices.curl',
    lines: ({ url, vehicle, key }) =>
      [
        `curl -fsS ${url}/v1/ingest \\`,
        `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
        `  -d '{"vehicle_id": "${vehicle}", "ts": "'$(date -u +%FT%TZ)'", "speed_kph": 42}'`,
      ].join('\n'),
  },
  {
    label: 'devices.http',
    lines: ({ url, vehicle, key }) =>
      [
        `POST ${url}/v1/ingest`,
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        '',
        `{"vehicle_id": "${vehicle}", "ts": "2026-01-01T12:00:00Z", "lat": 49.5891, "lon": 8.6527, "speed_kph": 82.4}`,
      ].join('\n'),
  },
];
