/** A variable of Grafana as it stands in a text: `vehicle`, or with a format `vehicle:pipe`. */
export function variable(name: string): string {
  return `\${${name}}`;
}
