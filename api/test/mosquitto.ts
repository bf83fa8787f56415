/** What tests of an existing broker share: a real Mosquitto with the configuration that users get. */
import { hasProgram, Mosquitto, type MosquittoOverrides } from '@fleet/testkit';
import { afterAll, beforeAll, describe } from '@jest/globals';

/** Passwords of the users in the example's access list, and of two vehicles. */
export const USERS = {
  'fleet-api': 'secret-of-the-api',
  golf: 'secret-of-golf',
  polo: 'secret-of-polo',
  homeassistant: 'secret-of-hass',
};

const MISSING = 'mosquitto is not on the PATH: apt-get install mosquitto';

/** A group of tests with a real Mosquitto; where there is none it is skipped, and says so. */
export function describeWithMosquitto(
  name: string,
  tests: (broker: () => Mosquitto) => void,
  overrides: MosquittoOverrides = {},
): void {
  if (!hasProgram('mosquitto')) {
    describe.skip(`${name} (${MISSING})`, () => tests(() => undefined as never));
    return;
  }
  describe(name, () => {
    let broker: Mosquitto;
    beforeAll(async () => {
      broker = await Mosquitto.create(USERS, overrides);
    });
    afterAll(() => broker.dispose());
    tests(() => broker);
  });
}

/** The settings of a server that subscribes to a broker. */
export function settingsFor(broker: Mosquitto): Record<string, string> {
  return { MQTT_URL: broker.url, MQTT_USERNAME: 'fleet-api', MQTT_PASSWORD: USERS['fleet-api'] };
}
