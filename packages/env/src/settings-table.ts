import type { SettingsSpec } from './setting.ts';

/** The settings as a table in Markdown. */
export function settingsTable(spec: SettingsSpec): string {
  const rows = Object.entries(spec).map(([name, setting]) => {
    const fallback = setting.default === undefined ? '' : `\`${setting.default}\``;
    const names = setting.secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
    return `| ${names} | ${setting.kind.replaceAll('|', '\\|')} | ${fallback} | ${setting.doc} |`;
  });
  return ['| variable | takes | default | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
