/** Pieces of InfluxQL. @see https://docs.influxdata.com/influxdb/v2/reference/syntax/influxql-spec/ */

/** A text as a literal. */
export function literal(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** A measurement or field by whatever name. */
export function identifier(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** A condition: the tag has one of these values. */
export function isOneOf(tag: string, values: readonly string[]): string {
  return `(${values.map((value) => `${tag} = ${literal(value)}`).join(' OR ')})`;
}
