/** Maps: where vehicles are, and the way that one went. Tiles come from the base map that Grafana is set to. */
import {
  FrameGeometrySourceBuilder,
  FrameGeometrySourceMode,
  MapLayerOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  ControlsOptionsBuilder,
  MapViewConfigBuilder,
  PanelBuilder,
  TooltipMode,
  TooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/geomap';
import type { ColumnName } from '../columns.ts';
import { dressed, type PanelSpec } from './panel.ts';

export interface MapSpec extends PanelSpec {
  /** The column that colours the markers. */
  readonly colour: ColumnName;
  /** The value from which on that is red; green at 0, yellow between. */
  readonly red: number;
  /** A text beside each marker. */
  readonly label?: ColumnName;
}

/** A marker for each row; the query has the columns `lat` and `lon`. */
export function markers(spec: MapSpec): PanelBuilder {
  const layer = new MapLayerOptionsBuilder()
    .type('markers')
    .name(spec.title)
    .config({ showLegend: false, style: markerStyle(spec) })
    .location(new FrameGeometrySourceBuilder().mode(FrameGeometrySourceMode.Coords).latitude('lat').longitude('lon'))
    .tooltip(true);
  return dressed(new PanelBuilder(), spec)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousGrYlRd))
    .min(0)
    .max(spec.red)
    .view(new MapViewConfigBuilder().id('fit').allLayers(true).lat(0).lon(0).zoom(15).padding(10))
    .controls(new ControlsOptionsBuilder().showZoom(true).mouseWheelZoom(true).showAttribution(true).showScale(true))
    .basemap(new MapLayerOptionsBuilder().type('default').name('Base map'))
    .layers([layer])
    .tooltip(new TooltipOptionsBuilder().mode(TooltipMode.Details));
}

function markerStyle({ colour, label }: MapSpec) {
  return {
    color: { field: colour, fixed: 'dark-green' },
    opacity: 0.8,
    rotation: { fixed: 0, max: 360, min: -360, mode: 'mod' },
    size: { fixed: label === undefined ? 4 : 9, max: 15, min: 2 },
    symbol: { fixed: 'img/icons/marker/circle.svg', mode: 'fixed' },
    textConfig: { fontSize: 12, offsetX: 0, offsetY: 12, textAlign: 'center', textBaseline: 'middle' },
    ...(label !== undefined && { text: { field: label, fixed: '', mode: 'field' } }),
  };
}
