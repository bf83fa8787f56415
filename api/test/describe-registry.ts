/** What every registry must do. Each adapter's test calls this with a way to make an empty one. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type DocumentKind,
  type DocumentQuery,
  type Registry,
  type RegistryDocument,
  WATCHED_KINDS,
} from '../src/registry.ts';

export interface MadeRegistry {
  readonly registry: Registry;
  /** Closes it and takes its data away. */
  dispose(): Promise<void>;
}

/** A kind that nothing watches. */
const UNWATCHED = 'sighting';

export function describeRegistry(name: string, make: () => Promise<MadeRegistry>): void {
  describe(`${name} as a registry`, () => {
    let made: MadeRegistry;
    let registry: Registry;
    beforeEach(async () => {
      made = await make();
      registry = made.registry;
    });
    afterEach(() => made.dispose());

    async function idsOf(...[kind, query]: Parameters<Registry['list']>): Promise<string[]> {
      return (await registry.list(kind, query)).map(({ id }) => id);
    }

    test('gives back a document as it was put, and nothing for an id that nobody used', async () => {
      const document = person('anna', { owner: 'family', at: 1_234 });

      await registry.put(document);

      expect(await registry.get('person', 'anna')).toEqual(document);
      expect(await registry.get('person', 'ben')).toBeUndefined();
    });

    test('keeps kinds apart', async () => {
      await registry.put(person('golf'));

      expect(await registry.get('vehicle', 'golf')).toBeUndefined();
      expect(await registry.create(vehicle('golf', ['phone']))).toBe(true);
      expect(await registry.delete('device', 'golf')).toBe(false);
      expect(await idsOf('person')).toEqual(['golf']);
    });

    test('creates a document once: the second changes nothing', async () => {
      expect(await registry.create(person('anna', { at: 1 }))).toBe(true);

      expect(await registry.create(person('anna', { at: 2, owner: 'family' }))).toBe(false);

      expect(await registry.get('person', 'anna')).toEqual(person('anna', { at: 1 }));
    });

    test('lets exactly one of many creations at the same time win', async () => {
      const tries = Array.from({ length: 40 }, (_, at) => registry.create(person('anna', { at })));

      const won = (await Promise.all(tries)).flatMap((created, at) => (created ? [at] : []));

      expect(won).toHaveLength(1);
      expect(await registry.get('person', 'anna')).toMatchObject({ at: won[0] });
    });

    test('replaces a document whole, its owner and time too', async () => {
      await registry.put(person('anna', { owner: 'family', at: 1 }));

      await registry.put(person('anna', { owner: 'work', at: 2 }));

      expect(await registry.list('person')).toEqual([person('anna', { owner: 'work', at: 2 })]);
      expect(await idsOf('person', { owner: 'family' })).toEqual([]);
    });

    test('deletes a document once, and only that', async () => {
      await registry.put(person('anna'));
      await registry.put(person('ben'));

      expect(await registry.delete('person', 'anna')).toBe(true);
      expect(await registry.delete('person', 'anna')).toBe(false);

      expect(await idsOf('person')).toEqual(['ben']);
      expect(await registry.create(person('anna'))).toBe(true);
    });

    test('lists the newest first, those of one time by id', async () => {
      for (const [id, at] of [
        ['b', 2],
        ['a', 2],
        ['c', 1],
        ['d', 3],
      ] as const)
        await registry.put(person(id, { at }));

      expect(await idsOf('person')).toEqual(['d', 'b', 'a', 'c']);
    });

    test('lists those of an owner', async () => {
      await registry.put(person('anna', { owner: 'family' }));
      await registry.put(person('ben', { owner: 'family, far' }));
      await registry.put(person('eve'));

      expect(await idsOf('person', { owner: 'family' })).toEqual(['anna']);
      expect(await idsOf('person', { owner: '' })).toEqual(['eve']);
      expect(await idsOf('person', { owner: 'nobody' })).toEqual([]);
    });

    test('counts all of a kind, or those of an owner', async () => {
      for (const id of ['anna', 'ben', 'eve']) await registry.put(person(id, { owner: id < 'c' ? 'family' : '' }));

      expect(await registry.count('person')).toBe(3);
      expect(await registry.count('person', 'family')).toBe(2);
      expect(await registry.count('person', '')).toBe(1);
      expect(await registry.count('vehicle')).toBe(0);
    });

    test('lists page by page: each document once, also among many of one time', async () => {
      await fc.assert(
        fc.asyncProperty(sightings, fc.integer({ min: 1, max: 6 }), async (wanted, limit) => {
          for (const id of await idsOf(UNWATCHED)) await registry.delete(UNWATCHED, id);
          for (const document of wanted) await registry.put(document);

          for (const query of [{}, { owner: 'me' }] as DocumentQuery[]) {
            const own = wanted.filter(({ owner }) => owner === (query.owner ?? owner));
            const seen = await pagesOf(registry, query, limit);

            expect(seen).toEqual(await registry.list(UNWATCHED, query));
            expect(await all(registry.pages(UNWATCHED, query, limit))).toEqual(seen);
            expect(await all(registry.pages(UNWATCHED, { ...query, limit: 2 }, limit))).toEqual(seen.slice(0, 2));
            expect(seen.map(({ id }) => id).sort()).toEqual(own.map(({ id }) => id).sort());
          }
        }),
        { numRuns: 20 },
      );
    });

    test('gives back whatever JSON can say, in any script and of any size', async () => {
      await fc.assert(
        fc.asyncProperty(json, fc.string({ unit: 'grapheme', minLength: 1 }), async (meta, id) => {
          const document = upload(id, meta);

          await registry.put(document);

          expect(await registry.get('upload', id)).toEqual(document);
          expect(await registry.list('upload', { owner: id })).toEqual([document]);
        }),
        { numRuns: 100 },
      );
      const large = upload('large', 'Grüße 🚗 '.repeat(200_000));
      await registry.put(large);
      expect(await registry.get('upload', 'large')).toEqual(large);
    });

    test('is not changed by what is done to a document that was given or taken', async () => {
      const document = vehicle('golf', ['phone']);
      await registry.put(document);
      (document.body.aliases as string[]).push('dongle');
      const read = await registry.get('vehicle', 'golf');
      (read?.body.aliases as string[] | undefined)?.push('dongle');

      expect(await registry.get('vehicle', 'golf')).toEqual(vehicle('golf', ['phone']));
    });

    describe('its version', () => {
      test('is another one after every change of a kind that is watched', async () => {
        const versions = [await registry.version()];
        const note = async () => versions.push(await registry.version());

        for (const kind of WATCHED_KINDS) {
          await registry.create(anything(kind, 1));
          await note();
          await registry.put(anything(kind, 2));
          await note();
          await registry.delete(kind, 'x');
          await note();
        }

        expect(new Set(versions).size).toBe(1 + 3 * WATCHED_KINDS.length);
      });

      test('stays where nothing changed that is watched', async () => {
        await registry.create(person('anna'));
        const before = await registry.version();

        await registry.put(sighting('dongle'));
        await registry.delete(UNWATCHED, 'dongle');
        await registry.create(person('anna', { at: 5 }));
        await registry.delete('person', 'nobody');
        await registry.get('person', 'anna');

        expect(await registry.version()).toBe(before);
      });
    });
  });
}

/** What JSON can say: -0 is none of it. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const sightings = fc
  .uniqueArray(
    fc.record({ id: fc.stringMatching(/^[0-9a-f]{1,3}$/), at: fc.nat(3), owner: fc.constantFrom('me', 'you') }),
    {
      selector: ({ id }) => id,
      maxLength: 15,
    },
  )
  .map((given) => given.map(({ id, ...placement }) => sighting(id, placement)));

/** All documents, asked for so many at a time. */
async function pagesOf(registry: Registry, query: DocumentQuery, limit: number): Promise<RegistryDocument[]> {
  const seen: RegistryDocument[] = [];
  for (;;) {
    const before = seen.at(-1);
    const page = await registry.list(UNWATCHED, { ...query, limit, ...(before && { before }) });
    if (page.length === 0) return seen;
    seen.push(...page);
  }
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const documents: T[] = [];
  for await (const page of pages) documents.push(...page);
  return documents;
}

interface Placement {
  readonly owner?: string;
  readonly at?: number;
}

function person(id: string, { owner = '', at = 0 }: Placement = {}): RegistryDocument<'person'> {
  return { kind: 'person', id, owner, at, body: { name: id, role: 'viewer', vehicles: ['golf'] } };
}

function vehicle(id: string, aliases: string[]): RegistryDocument<'vehicle'> {
  return { kind: 'vehicle', id, owner: '', at: 0, body: { name: null, aliases } };
}

function sighting(id: string, { owner = '', at = 0 }: Placement = {}): RegistryDocument<'sighting'> {
  return { kind: 'sighting', id, owner, at, body: { at } };
}

function upload(id: string, meta: unknown): RegistryDocument<'upload'> {
  const body = { vehicle: 'golf', trip_id: id, meta, started_at: null, completed: null };
  return { kind: 'upload', id, owner: id, at: 0, body };
}

/** A document of which only the kind matters here. */
function anything(kind: DocumentKind, at: number): RegistryDocument {
  const body = { name: null, aliases: [], role: 'viewer', vehicles: '*', keys: [], expires_at: 0, value: '' };
  return { kind, id: 'x', owner: '', at, body: body as unknown as RegistryDocument['body'] };
}
