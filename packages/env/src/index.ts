export { type Duration, parseDuration, parseSize } from './quantity.ts';
export { type Environment, secretFilesOf, withSecretFiles } from './secret-files.ts';
export * from './setting.ts';
export { settingsTable } from './settings-table.ts';
