/** What every panel has: a title, a description, a size, queries, and its columns' names and units. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { type ColumnName, columnOf } from '../columns.ts';
import { fluxQuery, INFLUXDB, PROMETHEUS, promQuery } from '../data-source.ts';

/** Flux of an only query, or queries in PromQL each with what its lines are called. */
export type Question = string | readonly (readonly [promql: string, legend: string])[];

/** A panel as dashboards list them. */
export interface PanelSpec {
  readonly title: string;
  /** What it shows and how to read it, for people. */
  readonly description: string;
  /** Width and height on Grafana's grid of 24 columns. */
  readonly size: readonly [width: number, height: number];
  /** What it asks. */
  readonly ask: Question;
  /** The columns that people see; the first one's unit is the panel's. */
  readonly columns: readonly [ColumnName, ...ColumnName[]];
}

/** What the SDK's builders of panels have in common, as far as it is used here. */
interface PanelBuilder extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  span(width: number): this;
  height(height: number): this;
  withTarget(target: Builder<Dataquery>): this;
  datasource(source: { type?: string; uid?: string }): this;
  unit(unit: string): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

/** The panel of a spec. */
export function dressed<B extends PanelBuilder>(builder: B, spec: PanelSpec): B {
  const { title, description, size, ask, columns } = spec;
  builder.title(title).description(description).span(size[0]).height(size[1]);
  builder.datasource(typeof ask === 'string' ? INFLUXDB : PROMETHEUS).unit(columnOf(columns[0]).unit);
  for (const query of queriesOf(ask)) builder.withTarget(query);
  for (const name of columns) builder.overrideByName(name, shown(name));
  return builder;
}

function queriesOf(ask: Question): Builder<Dataquery>[] {
  if (typeof ask === 'string') return [fluxQuery(ask)];
  return ask.map(([promql, legend], at) => promQuery(promql, legend, String.fromCharCode('A'.charCodeAt(0) + at)));
}

/** How a column is shown. */
export function shown(name: ColumnName): DynamicConfigValue[] {
  const { label, unit, decimals } = columnOf(name);
  const properties: DynamicConfigValue[] = [
    { id: 'displayName', value: label },
    { id: 'unit', value: unit },
  ];
  return decimals === undefined ? properties : [...properties, { id: 'decimals', value: decimals }];
}
