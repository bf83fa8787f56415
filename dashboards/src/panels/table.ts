/** Tables whose rows lead somewhere. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { DashboardLinkBuilder, DashboardLinkType, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { ColumnName } from '../columns.ts';
import { dressed, type PanelSpec } from './panel.ts';

/** A link of each row. */
export interface RowLink {
  readonly title: string;
  /** A path in Grafana, with the row's columns in it. */
  readonly url: string;
  /** The column that shows it. */
  readonly on: ColumnName;
}

export interface TableSpec extends PanelSpec {
  /** Columns that only links need. */
  readonly hidden?: readonly string[];
  readonly link?: RowLink;
}

/** Out of sight, in the words of newer tables and of those before Grafana 12, each of which ignores the other's. */
const HIDDEN = [
  { id: 'custom.hideFrom', value: { viz: true, legend: false, tooltip: false } },
  { id: 'custom.hidden', value: true },
];

/** Rows as the query has them. */
export function table(spec: TableSpec): Builder<Panel> {
  const panel = dressed(new Table(), spec).noValue('–');
  for (const name of spec.hidden ?? []) {
    panel.overrideByName(name, HIDDEN);
  }
  const { link } = spec;
  if (link !== undefined) panel.overrideByName(link.on, [{ id: 'links', value: [dataLink(link)] }]);
  return { build: () => withoutFooter(panel.build()) };
}

/** The SDK writes an option that Grafana's tables have no more. */
function withoutFooter(panel: Panel): Panel {
  const { footer: _footer, ...options } = panel.options as { readonly footer?: unknown };
  return { ...panel, options };
}

function dataLink({ title, url }: RowLink) {
  const { targetBlank } = new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).build();
  return { title, url, targetBlank };
}
