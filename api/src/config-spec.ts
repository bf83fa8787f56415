/** Every setting of the server: types the configuration and writes docs/configuration.md. */
import {
  brokerUrl,
  duration,
  durationOrOff,
  integer,
  listenerOrOff,
  oneOf,
  onOff,
  secret,
  text,
  url,
  urlOrOff,
} from '@fleet/env';

export const CONFIG_SPEC = {
  PORT: integer(0, 65_535, { default: '3000', doc: 'Port that it listens on; 0 takes a free one.' }),
  HOST: text({ default: '0.0.0.0', doc: 'Address that it listens on; `127.0.0.1` for this machine only.' }),
  PUBLIC_URL: url({
    doc: 'Address at which people and devices reach it, e.g. `https://fleet.example.org`. Links are made with it; without it, with the address that the admin used.',
  }),
  TRUST_PROXY: text({
    default: 'off',
    doc:
      'Whose word counts for the address of a client: `off`, the number of proxies in front, or their addresses ' +
      '(`loopback`, `10.0.0.0/8`, with commas between).',
  }),
  DATA_DIR: text({ default: './data', doc: 'Folder that everything is kept in, with `STORE=sqlite`.' }),
  STORE: oneOf(['sqlite', 'influxdb', 'memory'], {
    default: 'sqlite',
    doc:
      'Where events are kept: `sqlite` in `DATA_DIR`, `influxdb` on a server that any number of processes share. ' +
      '`memory` forgets everything at the end: for trying things out.',
  }),
  INFLUX_URL: url({ doc: 'Address of InfluxDB v2, for `STORE=influxdb`.' }),
  INFLUX_TOKEN: secret({ doc: 'Token that may read and write the two buckets.' }),
  INFLUX_ORG: text({ default: 'fleet', doc: 'Organisation that the buckets are in.' }),
  INFLUX_BUCKET: text({
    default: 'telemetry',
    doc: 'Bucket of events; all else is in the bucket of that name and `_meta`.',
  }),
  TRIP_IDLE_TIMEOUT: duration({
    default: '5m',
    doc: 'Longest time without an event inside a trip that the server makes. May be changed later: trips are made anew.',
  }),
  INGEST_MAX_AHEAD: duration({ default: '5m', doc: "How far an event's time may be ahead of the server's clock." }),
  INGEST_MAX_AGE: durationOrOff({
    default: '400d',
    doc: 'How old an event may be when it is sent live. Offline uploads may be of any age.',
  }),
  RETENTION: durationOrOff({
    default: 'off',
    doc: 'How long events are kept, counted from the earlier of now and the newest event. Older ones are refused.',
  }),
  API_KEY: secret({ doc: 'A key that may write for every vehicle. Better: one key a device, `npx fleet keys add`.' }),
  ADMIN_TOKEN: secret({ doc: 'A key that may do everything. Without it, the start prints a link to sign in with.' }),
  KEYS_FILE: text({ doc: 'A JSON file with further keys, read again when it changes; see docs/operations.md.' }),
  BACKUP_DIR: text({ doc: 'Folder that backups are written to. Without it there are none but by `npx fleet backup`.' }),
  BACKUP_EVERY: duration({ default: '1d', doc: 'Time between two backups.' }),
  BACKUP_KEEP: integer(1, 1_000, {
    default: '7',
    doc: 'Backups that are kept; an old one goes only after a new one was verified.',
  }),
  MAP_STYLE_URL: urlOrOff({
    doc:
      'A MapLibre style for the maps of the web pages. Without it they show tiles of OpenStreetMap; with `off` they ask ' +
      'nobody, and show outlines of countries.',
  }),
  MAP_HOSTS: text({
    doc: 'Further addresses that this style takes tiles, fonts and pictures from, with commas between.',
  }),
  MQTT_LISTEN: listenerOrOff({
    default: '0.0.0.0:1883',
    doc: 'Address and port of the MQTT broker inside the server; port 0 takes a free one. Off where `MQTT_URL` is set.',
  }),
  MQTT_TLS_CERT_FILE: text({ doc: 'Certificate of that broker, with its chain, PEM: it then speaks TLS only.' }),
  MQTT_TLS_KEY_FILE: text({ doc: 'Private key of the certificate, PEM.' }),
  MQTT_URL: brokerUrl({
    doc: 'An MQTT broker of your own, whose `telemetry/+` this process stores. One process for a broker.',
  }),
  MQTT_USERNAME: text({ doc: 'User name at that broker.' }),
  MQTT_PASSWORD: secret({ doc: 'Password at that broker.' }),
  MQTT_CA_FILE: text({ doc: "Certificates that are trusted for `mqtts:`, PEM; the system's if not given." }),
  MQTT_CLIENT_ID: text({ default: 'fleet-telemetry', doc: 'Client id at that broker: its session belongs to it.' }),
  MQTT_APPS: text({
    default: 'off',
    doc:
      'Apps and dongles whose own topics are taken too, with commas between: `owntracks`, `wican`, `tesla`; with ' +
      'another first level of their topics as in `tesla:cars`.',
  }),
  HA_DISCOVERY: onOff({ default: 'off', doc: 'Whether vehicles are announced to Home Assistant, over MQTT.' }),
  HA_DISCOVERY_PREFIX: text({ default: 'homeassistant', doc: 'First level of the topics of these announcements.' }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
    default: 'info',
    doc: 'How much is logged.',
  }),
};
