/** Every panel's options and fields fit the types of Grafana's own panels, by its package `@grafana/schema`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FILES } from './panels.ts';

/** Inside the workspace, so that packages are found; ignored by git. */
const FOLDER = fileURLToPath(new URL('../dist/schema-check/', import.meta.url));
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** Panels of Grafana's core that have types. */
const FILES_OF_TYPES: Readonly<Record<string, string>> = {
  barchart: 'BarChart',
  gauge: 'Gauge',
  geomap: 'Geomap',
  stat: 'Stat',
  table: 'Table',
  timeseries: 'TimeSeries',
  trend: 'Trend',
};

/** Enums as their values, and nothing that is not there. */
const HEAD = `
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]?: Plain<T[K]> } : T;
`;

function moduleOf(type: string): string {
  const name = FILES_OF_TYPES[type];
  return `@grafana/schema/dist/esm/raw/composable/${type}/panelcfg/x/${name}PanelCfg_types.gen`;
}

/** A TypeScript file that is right where all panels are. */
function sourceOf(
  panels: readonly { type: string; title: string; options?: unknown; fieldConfig?: unknown }[],
): string {
  const lines = panels.flatMap(({ type, title, options, fieldConfig }, at) => {
    const { defaults } = fieldConfig as { defaults: { custom?: object } };
    return [
      `import type * as p${at} from '${moduleOf(type)}';`,
      `/* ${title} */ export const options${at}: Plain<p${at}.Options> = ${JSON.stringify(options)};`,
      ...('custom' in defaults && type !== 'stat' && type !== 'gauge' && Object.keys(defaults.custom ?? {}).length > 0
        ? [`export const fields${at}: Plain<p${at}.FieldConfig> = ${JSON.stringify(defaults.custom)};`]
        : []),
    ];
  });
  return [HEAD, ...lines].join('\n');
}

/** What the compiler says, `''` for nothing. */
function complaints(source: string): string {
  writeFileSync(`${FOLDER}panels.ts`, source);
  try {
    execFileSync(process.execPath, [TSC, '-p', FOLDER], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const PANELS = [...FILES.values()]
  .flatMap(({ panels }) => panels)
  .filter(({ type }) => type !== 'alertlist')
  .map(({ type, title, ...rest }) => ({ type, title, options: rest['options'], fieldConfig: rest['fieldConfig'] }));

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  const compilerOptions = {
    ...{ target: 'es2023', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{ exactOptionalPropertyTypes: false },
  };
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify({ compilerOptions, include: ['panels.ts'] }));
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test('all panels fit', () => {
  expect(complaints(sourceOf(PANELS))).toBe('');
});

test('an option that is none is told, and so is a wrong value', () => {
  const stat = PANELS.find(({ type }) => type === 'stat') as (typeof PANELS)[number];
  const wrong = (options: object) =>
    complaints(sourceOf([{ ...stat, options: { ...(stat.options as object), ...options } }]));

  expect(wrong({ colourMode: 'none' })).toMatch(/colourMode/);
  expect(wrong({ colorMode: 'pink' })).toMatch(/pink/);
});
