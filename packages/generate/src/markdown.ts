/** Pieces of Markdown. */

/** What every generated page says at its top. */
export const GENERATED = '<!-- Made from the code by `npm run generate`: change it there. -->';

/** A page of paragraphs, each of one or more lines. */
export function page(...paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** Words as code; nothing for nothing. */
export function code(text: string | null): string {
  return text === null ? '' : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
