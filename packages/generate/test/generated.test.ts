/** The generated files are what the code makes, and what they claim to be. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { outdatedArtifacts, writeArtifacts } from '../src/artifact.ts';
import { allArtifacts } from '../src/artifacts.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function committed(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

describe('generated files', () => {
  test.each(allArtifacts())('$path is what the code makes', (artifact) => {
    expect(outdatedArtifacts(ROOT, [artifact])).toEqual([]);
  });

  test('the schemas take the event and the manifest of the guide, and nothing less', () => {
    const ajv = new Ajv2020({ strictRequired: false });
    const isEvent = ajv.compile(committed('packages/contract/schemas/event.v1.json') as object);
    const isManifest = ajv.compile(committed('packages/contract/schemas/manifest.v1.json') as object);
    const event = { vin: 'WAUZZZFY0R1234567', ts: '2025-11-04T12:00:00Z', speed_kph: 82.4, lat: 49.5891, lon: 8.6527 };
    const chunk = { no: 1, first_seq: 1, last_seq: 2, size_bytes: 90, sha256: 'ab'.repeat(32) };
    const trip_id = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
    const manifest = { vin: event.vin, trip_id, started_at: event.ts, event_count: 2, chunks: [chunk] };

    expect(
      [event, { ...event, vin: 'golf' }, { ...event, lon: undefined }].map((each) => isEvent(plain(each))),
    ).toEqual([true, false, false]);
    expect([manifest, { ...manifest, chunks: [{ ...chunk, no: 0 }] }].map((each) => isManifest(each))).toEqual([
      true,
      false,
    ]);
  });

  test('every example in openapi.json is what its schema says', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const withExamples = [...membersOf(committed('docs/openapi.json'))]
      .map(([, value]) => value as { examples?: readonly unknown[] } | null)
      .filter((schema) => Array.isArray(schema?.examples));

    expect(withExamples.length).toBeGreaterThan(5);
    for (const schema of withExamples) {
      for (const example of schema?.examples ?? []) {
        expect({ example, fits: ajv.validate(schema as object, example) }).toEqual({ example, fits: true });
      }
    }
  });

  test('every reference in openapi.json leads somewhere, and every operation has a name of its own', () => {
    const document = committed('docs/openapi.json') as { components: { schemas: object } };
    const members = [...membersOf(document)];
    const references = members.filter(([name]) => name === '$ref').map(([, value]) => `${value}`);
    const operations = members.filter(([name]) => name === 'operationId').map(([, value]) => value);

    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
    expect(new Set(operations).size).toBe(operations.length);
    expect(operations.length).toBeGreaterThan(40);
  });
});

describe('writeArtifacts', () => {
  const artifact = { path: 'docs/page.md', text: '# Page\n' };
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fleet-generate-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('makes a missing file with its folder', () => {
    expect(outdatedArtifacts(root, [artifact])).toEqual(['docs/page.md']);
    expect(writeArtifacts(root, [artifact])).toEqual(['docs/page.md']);

    expect(readFileSync(join(root, artifact.path), 'utf8')).toBe(artifact.text);
    expect(outdatedArtifacts(root, [artifact])).toEqual([]);
  });

  test('mends a file that somebody changed, and leaves the others alone', () => {
    const other = { path: 'other.md', text: 'other\n' };
    writeArtifacts(root, [artifact, other]);
    writeFileSync(join(root, artifact.path), '# Page, by hand\n');

    expect(writeArtifacts(root, [artifact, other])).toEqual(['docs/page.md']);
    expect(readFileSync(join(root, artifact.path), 'utf8')).toBe(artifact.text);
  });
});

/** As it goes over the wire: members that are undefined are not there. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Every member of every object in a JSON value. */
function* membersOf(value: unknown): Generator<[name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield [name, member];
    yield* membersOf(member);
  }
}
