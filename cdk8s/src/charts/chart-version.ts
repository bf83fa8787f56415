/** The version of the charts: that of the program, since both are released together. */
import { readFileSync } from 'node:fs';

const manifest = new URL('../../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };

export const CHART_VERSION = { version, appVersion: version };
