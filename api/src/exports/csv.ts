/** Text as cells of CSV (RFC 4180). */

/** What makes a spreadsheet take a cell for a formula. */
const FORMULA_START = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** A record with its end. */
export function csvRecord(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Text that a person chose, so that no spreadsheet runs it: a single quote before it makes it text. */
export function inert(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}

function csvCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
