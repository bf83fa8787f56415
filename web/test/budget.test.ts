/** How much script the pages are. */
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ASSETS = fileURLToPath(new URL('../dist/assets/', import.meta.url));
/** Chunks of MapLibre, which come only with a map. */
const MAP = /^(use-map|maplibre-gl-worker)-/;
const MOST_BYTES = 150_000;

test('all scripts but the map are at most 150 KB, gzipped', () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith('.js.gz'));
  const without = scripts.filter((name) => !MAP.test(name));

  expect(scripts.length - without.length).toBe(2);
  expect(without.reduce((sum, name) => sum + statSync(ASSETS + name).size, 0)).toBeLessThanOrEqual(MOST_BYTES);
});
