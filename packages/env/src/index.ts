export { type Duration, parseDuration, parseSize } from './quantity.ts';
export * from './setting.ts';
export { settingsTable } from './settings-table.ts';
