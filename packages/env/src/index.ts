export { type Duration, parseDuration, parseSize } from './quantity.ts';
export { type Environment, withSecretFiles } from './secret-files.ts';
export * from './setting.ts';
export { settingsTable } from './settings-table.ts';
