/** Every setting of the edge: types the configuration and writes docs/edge-configuration.md. */
import { duration, secret, size, text, url } from '@fleet/env';

export const CONFIG_SPEC = {
  SERVER_URL: url({
    doc: 'Address of your server, e.g. `https://fleet.example.org`. Without it events are only kept.',
  }),
  DEVICE_KEY: secret({ doc: 'The key of this device: `npx fleet keys add --vehicle golf --name edge` on the server.' }),
  VEHICLE: text({
    doc: "The vehicle's name on the server. Without it: the only one that the key is for, else the VIN that the car tells.",
  }),
  CA_FILE: text({ doc: "A file with the certificate of an authority of your own (PEM), if the server's is from one." }),
  OBD_URL: text({
    doc:
      'The dongle: `/dev/ttyUSB0`, `/dev/rfcomm0?baud=38400`, `tcp://192.168.0.10:35000`, or `sim:FILE` for a recorded ' +
      'drive. Without it there is none.',
  }),
  GNSS_URL: text({
    doc:
      'The receiver: `gpsd://localhost`, `/dev/ttyACM0?baud=9600` or `tcp://…` for NMEA, or `sim:FILE`. Without it there ' +
      'is none.',
  }),
  WICAN_URL: url({ doc: 'A WiCAN whose SD card keeps logs: they are fetched whenever it is reached.' }),
  SAMPLE_EVERY: duration({ default: '1s', doc: 'Time between two events, at least `100ms`.' }),
  TRIP_IDLE_TIMEOUT: duration({ default: '5m', doc: 'Longest stop inside a trip.' }),
  DATA_DIR: text({ default: './edge-data', doc: 'Folder of the outbox.' }),
  OUTBOX_MAX: size({
    default: '512MiB',
    doc: 'Most that the outbox may take. What the server has goes first; beyond that nothing more is recorded.',
  }),
};
