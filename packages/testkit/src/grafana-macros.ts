/**
 * What Grafana puts into a query in Flux before it sends it: variables in the browser, `v.…` and `$__interval` on the
 * server. Ours, since there is no Grafana here: after its data source's source text.
 */

/** What a dashboard or an alert asks with. */
export interface QueryContext {
  readonly bucket: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** How many points a panel is wide; an alert has 43,200. */
  readonly maxDataPoints: number;
  /** Chosen values by variable. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

/** Steps that Grafana rounds intervals to, milliseconds. */
const NICE_MS = [
  ...[1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000],
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 7, 30, 365].map((days) => days * 86_400_000),
];

/** The step that suits a panel: the nearest nice one to what a pixel is, and at least a second. */
export function intervalMs({ from, to, maxDataPoints }: Pick<QueryContext, 'from' | 'to' | 'maxDataPoints'>): number {
  const exact = (to - from) / maxDataPoints;
  const nice = NICE_MS.find((step, at) => exact <= (step + (NICE_MS[at + 1] ?? step)) / 2) ?? exact;
  return Math.max(1_000, nice);
}

/** The query as the browser sends it to Grafana: with what is chosen in the place of variables. */
export function withVariables(query: string, variables: QueryContext['variables']): string {
  return query.replace(/\$\{(\w+)(?::(\w+))?\}/g, (whole, name: string, format?: string) => {
    const values = variables[name];
    if (values === undefined) throw new Error(`${whole} has no value`);
    return format === 'pipe' ? values.join('|') : values.join(',');
  });
}

/** The query as InfluxDB gets it. */
export function interpolateFlux(query: string, context: QueryContext): string {
  const step = intervalMs(context);
  return withVariables(query, context.variables)
    .replaceAll('v.timeRangeStart', new Date(context.from).toISOString())
    .replaceAll('v.timeRangeStop', new Date(context.to).toISOString())
    .replaceAll('v.windowPeriod', `${step}ms`)
    .replaceAll('v.defaultBucket', JSON.stringify(context.bucket))
    .replaceAll('$__interval_ms', `${step}`)
    .replaceAll('$__interval', `${step}ms`);
}
