/** Two servers on one InfluxDB, and any of the three is killed. */
import { Influxd, integerBetween } from '@fleet/testkit';
import { needs, type Scenario } from '../scenario.ts';
import { inWorld, killAgain } from '../world.ts';

const LONGEST_LIFE_MS = 400;

export const replicas: Scenario = {
  name: 'replicas',
  about: 'two servers on one InfluxDB: one of them, or InfluxDB, is killed under load',
  share: 0.2,
  inOneWorld: 25,
  missing: needs('influxd'),
  run: async ({ times, random, progress }) => {
    const influxd = await Influxd.create();
    try {
      const { url, token, org, bucket } = await influxd.makeBuckets();
      const influx = { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
      return await inWorld({ random, servers: 2, env: { STORE: 'influxdb', ...influx } }, async (world) => {
        const victims = [...world.servers, influxd];
        for (let time = 1; time <= times; time++) {
          const victim = victims[time % victims.length] ?? influxd;
          await killAgain(victim, integerBetween(random, 0, LONGEST_LIFE_MS));
          await world.becomesLive();
          if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
        }
        return world.judge(times, world.unfelt());
      });
    } finally {
      await influxd.dispose();
    }
  },
};
