import { expect, test } from '@jest/globals';
import type { RegistryDocument } from '../src/registry.ts';
import { InfluxClient } from '../src/stores/influxdb/client.ts';
import { InfluxRegistry } from '../src/stores/influxdb/influx-registry.ts';
import { describeRegistry } from './describe-registry.ts';
import { describeWithInfluxd } from './influx.ts';

describeWithInfluxd('InfluxDB', (server) => {
  const make = async () => new InfluxRegistry(new InfluxClient(await server().makeBuckets()));

  describeRegistry('InfluxDB', async () => ({ registry: await make(), dispose: async () => {} }));

  test('shows each process what another changed, at once, with another version', async () => {
    const access = await server().makeBuckets();
    const [ours, theirs] = [access, access].map((each) => new InfluxRegistry(new InfluxClient(each))) as [
      InfluxRegistry,
      InfluxRegistry,
    ];
    const before = await ours.version();

    await theirs.put(secret('theirs', 1));

    expect(await ours.get('secret', 'x')).toEqual(secret('theirs', 1));
    expect(await ours.version()).not.toBe(before);
    expect(await ours.create(secret('ours', 2))).toBe(false);
    expect(await theirs.version()).toBe(await ours.version());
  });

  test('lets one of two processes create a document that both begin to create at the same time', async () => {
    const access = await server().makeBuckets();
    const processes = [access, access].map((each) => new InfluxRegistry(new InfluxClient(each)));
    for (let round = 0; round < 50; round++) {
      const tries = await Promise.all(processes.map((each, at) => each.create(secret(`${at}`, at, `r${round}`))));

      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await processes[0]?.get('secret', `r${round}`)).toMatchObject({ at: tries.indexOf(true) });
    }
  });

  test('keeps a document that changed its owner once', async () => {
    const registry = await make();
    await registry.put({ ...secret('a', 1), owner: 'one' });
    await registry.put({ ...secret('b', 2), owner: 'two' });
    await registry.put({ ...secret('c', 3), owner: 'one' });

    expect(await registry.list('secret')).toMatchObject([{ owner: 'one', body: { value: 'c' } }]);
    expect(await registry.count('secret', 'two')).toBe(0);
    expect(await registry.delete('secret', 'x')).toBe(true);
    expect(await registry.count('secret')).toBe(0);
  });
});

function secret(value: string, at: number, id = 'x'): RegistryDocument<'secret'> {
  return { kind: 'secret', id, owner: '', at, body: { value } };
}
