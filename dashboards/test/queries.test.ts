/** Every query of every panel on a real InfluxDB that the API's own store filled: of other cars, times and steps. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithInfluxd } from '../../api/test/influx.ts';
import type { Fleet } from './fleet.ts';
import { DAY, KNOWN, LATER, openKnownFleet, T0, TRUTHS } from './known-fleet.ts';
import { look, QUERIES, type View } from './panels.ts';

describeWithInfluxd('panels', (server) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openKnownFleet(await server().makeBuckets());
  }, 60_000);
  afterAll(() => fleet.close());

  describe.each<[string, View]>([
    ['the recorded drives', KNOWN],
    ['a minute of them', { ...KNOWN, from: TRUTHS[0]!.from, to: TRUTHS[0]!.from + 60_000, timeZone: 'Europe/Berlin' }],
    ['three years', { ...KNOWN, from: KNOWN.from - 2 * 365 * DAY, to: KNOWN.to + 365 * DAY, maxDataPoints: 300 }],
    ['a car with GPS only', LATER],
    ['a car with OBD only', { ...LATER, vehicles: ['obd-only'], timeZone: 'America/Chicago' }],
    ['several cars', { ...LATER, vehicles: ['gps-only', 'obd-only', 'counts'] }],
    ['a car that is not there', { ...LATER, vehicles: ['nobody'] }],
    ['a time without events', { ...KNOWN, from: T0 - 10 * DAY, to: T0 - 9 * DAY }],
  ])('%s', (_, view) => {
    test.each(QUERIES)('$uid: $where', async ({ uid, where }) => {
      await expect(look(fleet.access, uid, where, view)).resolves.toBeInstanceOf(Array);
    });
  });
});
