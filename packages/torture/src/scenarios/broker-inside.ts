/** The broker inside: its clients lose their sessions to others, or come all at once. */
import { freePort, integerBetween, type Random, until } from '@fleet/testkit';
import { connectAs, mqttTransport, orLost } from '../mqtt-transport.ts';
import type { Outcome, RunOptions, Scenario } from '../scenario.ts';
import { Car, carOf } from '../traffic.ts';
import { inWorld, KEY, killAgain, pause, type World } from '../world.ts';

const LANES = 6;
/** Clients of a storm. */
const CLIENTS = 2_000;
/** By then all of them are served, milliseconds. */
const STORM_MS = 60_000;
/** After so many takeovers the server is killed as well. */
const KILL_EVERY = 10;

export const takeovers: Scenario = {
  name: 'takeovers',
  about: 'the broker inside: somebody else connects under the name of a car that is sending',
  share: 2,
  inOneWorld: 250,
  run: (options) =>
    withBrokerInside(options, async (world, port, random) => {
      const intruder = connectAs(port, carOf(integerBetween(random, 0, LANES - 1)), KEY);
      await orLost(intruder, new Promise((resolve) => intruder.once('connect', resolve))).catch(() => {});
      await pause(integerBetween(random, 0, 30));
      intruder.end(true);
      if (integerBetween(random, 1, KILL_EVERY) === 1) await killAgain(world.server, 0);
    }),
};

export const storms: Scenario = {
  name: 'storms',
  about: `the broker inside: ${CLIENTS} clients connect at once and send, beside the others`,
  share: 0.02,
  inOneWorld: 5,
  run: (options) =>
    withBrokerInside(options, async (world, port) => {
      const send = mqttTransport(port);
      await Promise.all(
        Array.from({ length: CLIENTS }, async (_, index) => {
          const events = new Car(`guest-${index}`).next(1);
          world.traffic.ledger.sending(events);
          await until(Date.now() + STORM_MS, () => send({ url: '', key: KEY }, events));
          world.traffic.ledger.acknowledged(events);
        }),
      );
    }),
};

/** Cars that send to the broker inside, and something that happens meanwhile, so many times. */
async function withBrokerInside(
  { times, random, progress }: RunOptions,
  happen: (world: World, port: number, random: Random) => Promise<void>,
): Promise<Outcome> {
  const port = await freePort();
  const env = { MQTT_LISTEN: `127.0.0.1:${port}` };
  return inWorld({ random, env, transports: [mqttTransport(port)], lanes: LANES }, async (world) => {
    for (let time = 1; time <= times; time++) {
      await happen(world, port, random);
      await world.becomesLive();
      if (time % 50 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
    }
    return world.judge(times);
  });
}
