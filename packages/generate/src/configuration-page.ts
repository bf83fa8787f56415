/** docs/configuration.md: every setting of the server. */
import { type SettingsSpec, settingsTable } from '@fleet/env';
import { GENERATED, page } from './markdown.ts';

export function configurationPage(spec: SettingsSpec): string {
  return page(
    GENERATED,
    '# Configuration',
    'The server reads its settings from environment variables. None is needed: `npm start` runs with the defaults. ' +
      'Whatever is wrong with them is told at the start, all at once, a line each.',
    'A duration is a whole number with its unit: `500ms`, `90s`, `5m`, `12h`, `7d`. A variable that is empty counts as ' +
      'not set. The values of secrets are never logged; each can also come from a file, whose path stands in `…_FILE`.',
    settingsTable(spec),
  );
}
