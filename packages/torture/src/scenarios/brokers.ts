/** Mosquitto is killed again and again, and the server that reads from it. Its PUBACK says nothing: receipts count. */
import { integerBetween, Mosquitto, MqttDevice } from '@fleet/testkit';
import { needs, type Scenario } from '../scenario.ts';
import { Car } from '../traffic.ts';
import { inWorld, killAgain, type World } from '../world.ts';

const LONGEST_LIFE_MS = 300;
const MOST_AT_ONCE = 40;
/** How long a car waits for its receipts, milliseconds: a try that got none comes again after seconds. */
const PATIENCE_MS = 60_000;

const SERVER = 'fleet-api';
const CARS = ['golf', 'polo'] as const;
const PASSWORDS = Object.fromEntries([SERVER, ...CARS].map((user) => [user, `password-of-${user}`]));

export const brokers: Scenario = {
  name: 'brokers',
  about: 'Mosquitto is killed under load, and the server that reads from it',
  share: 0.2,
  inOneWorld: 25,
  missing: needs('mosquitto', 'mosquitto_passwd', 'openssl'),
  run: async ({ times, random, progress }) => {
    const broker = await Mosquitto.create(PASSWORDS, { autosave_interval: '1' });
    const env = { MQTT_URL: broker.url, MQTT_USERNAME: SERVER, MQTT_PASSWORD: PASSWORDS[SERVER] ?? '' };
    try {
      return await inWorld({ random, env, lanes: 0 }, async (world) => {
        const publishers = CARS.map((car) => new Publisher(broker, car, world));
        for (let time = 1; time <= times; time++) {
          await world.moves();
          await killAgain(time % 3 === 0 ? world.server : broker, integerBetween(random, 0, LONGEST_LIFE_MS));
          await world.becomesLive();
          if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
        }
        const faults = await Promise.all(publishers.map((publisher) => publisher.stop()));
        return world.judge(times, faults.flat());
      });
    } finally {
      await broker.dispose();
    }
  },
};

/** A car that publishes without end, and waits for the receipts of what it has published before it goes on. */
class Publisher {
  readonly #device: MqttDevice;
  readonly #car: Car;
  readonly #driving: Promise<string[]>;
  #stopped = false;

  constructor({ url }: Mosquitto, vehicle: string, { traffic }: World) {
    const password = PASSWORDS[vehicle] ?? '';
    this.#device = new MqttDevice({ url, user: vehicle, password, vehicle, ledger: traffic.ledger });
    this.#car = new Car(vehicle);
    this.#driving = this.#drive();
  }

  /** Sends no more; what went wrong, in words. */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    const faults = await this.#driving;
    await this.#device.end();
    return [...faults, ...this.#device.rejected];
  }

  async #drive(): Promise<string[]> {
    try {
      while (!this.#stopped) await this.#device.send(this.#car.next(MOST_AT_ONCE), PATIENCE_MS);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  }
}
