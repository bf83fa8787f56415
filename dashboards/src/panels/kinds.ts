/** Kinds of panels, all with the same looks. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { PanelBuilder as Trend } from '@grafana/grafana-foundation-sdk/trend';
import { type ColumnName, columnOf } from '../columns.ts';
import { dressed, type PanelSpec } from './panel.ts';

/** One number. */
export function stat(spec: PanelSpec): Stat {
  return dressed(new Stat(), spec)
    .reduceOptions(lastOf(typeof spec.ask === 'string' ? `/^${columnOf(spec.columns[0]).label}$/` : ''))
    .colorMode(common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None)
    .noValue('–');
}

/** The newest values, each on a scale. */
export function gauges(spec: PanelSpec): Gauge {
  return dressed(new Gauge(), spec).reduceOptions(lastOf('')).orientation(VizOrientation.Auto).noValue('–');
}

/** Lines over time. Grafana leaves gaps longer than this open. */
export function curves(spec: PanelSpec & { readonly openGapsMs?: number }): TimeSeries {
  return dressed(new TimeSeries(), spec)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(8)
    .spanNulls(spec.openGapsMs ?? 60_000)
    .legend(legend())
    .tooltip(tooltip());
}

/** Bars over time, those of several series on top of each other. */
export function bars(spec: PanelSpec): TimeSeries {
  return dressed(new TimeSeries(), spec)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60)
    .lineWidth(0)
    .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(legend())
    .tooltip(tooltip());
}

/** Bars against whatever the column `x` holds. */
export function barChart(spec: PanelSpec & { readonly x: ColumnName }): BarChart {
  return dressed(new BarChart(), spec).xField(spec.x).legend(legend()).tooltip(tooltip());
}

/** Lines against the numbers in the column `x`. */
export function lines(spec: PanelSpec & { readonly x: ColumnName }): Trend {
  return dressed(new Trend(), spec).xField(spec.x).lineWidth(1).legend(legend()).tooltip(tooltip());
}

function lastOf(fields: string): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields(fields).values(false);
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}

function tooltip(): common.VizTooltipOptionsBuilder {
  return new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None);
}
