/** How something of one's own is told where to send and with which key: one row for each way. Pure. */
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
    label: 'devices.mqtt',
    // The user name is not looked at here; a broker's rules may want the vehicle's.
    lines: ({ url, vehicle, key }) =>
      [
        `mosquitto_pub -h ${new URL(url).hostname} -q 1 -t telemetry/${vehicle} -u ${vehicle} -P ${key} \\`,
        `  -m '{"ts": "'$(date -u +%FT%TZ)'", "speed_kph": 42}'`,
      ].join('\n'),
  },
  {
    label: 'devices.edge',
    lines: ({ url, key }) => `SERVER_URL=${url} DEVICE_KEY=${key} npx fleet-edge setup`,
  },
];
