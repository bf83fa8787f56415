/** The list of alerts, which asks Grafana itself. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { FOLDER } from '../folder.ts';
import type { PanelSpec } from './panel.ts';

export function alertList({
  title,
  description,
  size,
}: Pick<PanelSpec, 'title' | 'description' | 'size'>): Builder<Panel> {
  const options = {
    viewMode: 'list',
    groupMode: 'default',
    groupBy: [],
    maxItems: 20,
    sortOrder: 3,
    dashboardAlerts: false,
    alertName: '',
    alertInstanceLabelFilter: '',
    datasource: '-- Grafana --',
    folder: { title: FOLDER },
    stateFilter: { firing: true, pending: true, recovering: true, noData: false, normal: false, error: true },
  };
  const [w, h] = size;
  return { build: () => ({ type: 'alertlist', title, description, gridPos: { x: 0, y: 0, w, h }, options }) };
}
