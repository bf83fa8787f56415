/** A MapLibre map in a component. The library comes only when a map is shown. */
import {
  AttributionControl,
  type GeoJSONSource,
  Map as MapLibre,
  type MapOptions,
  NavigationControl,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { MapSource } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { useDark } from '../shell/preferences.ts';
import { baseStyle, FINE_OUTLINES } from './map-theme.ts';

/** Where there is room for all attribution, pixels. */
const WIDE_PX = 640;

// A file of ours: the policy allows no worker made of a blob.
setWorkerUrl(new URL(workerUrl, location.href).href);

export interface MapHold {
  readonly place: RefObject<HTMLElement | null>;
  /** Another one whenever the style changes. */
  readonly map: MapLibre | null;
  /** The same, once its style is there and layers can be added. */
  readonly styled: MapLibre | null;
  /** Whether tiles failed to come: the outlines remain. */
  readonly noTiles: boolean;
}

/** Makes a map in `place`, with these options at first. */
export function useMap(options: Pick<MapOptions, 'bounds' | 'center' | 'zoom'>): MapHold {
  const place = useRef<HTMLElement>(null);
  const first = useRef(options);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [styled, setStyled] = useState<MapLibre | null>(null);
  const [noTiles, setNoTiles] = useState(false);
  const { data: source } = useData<MapSource>('/map.json');
  const dark = useDark();
  useEffect(() => {
    if (place.current === null || source === undefined) return;
    const made = new MapLibre({
      container: place.current,
      style: source.style_url ?? baseStyle(source, dark, location.origin),
      attributionControl: false,
      ...viewOf(first.current),
    });
    // Folded away on small maps only, as OpenStreetMap asks.
    const compact = place.current.clientWidth < WIDE_PX;
    made.addControl(new AttributionControl({ compact }), 'bottom-right');
    made.addControl(new NavigationControl({ visualizePitch: false }), 'top-right');
    made.on('error', () => setNoTiles(true));
    made.once('error', () => drawOutlines(made, source, dark));
    made.on('data', (event) => {
      const source = 'tile' in event && 'sourceId' in event ? made.getSource(`${event.sourceId}`) : undefined;
      if (source !== undefined && source.type !== 'geojson') setNoTiles(false);
    });
    made.once('style.load', () => setStyled(made));
    setMap(made);
    return () => {
      first.current = { center: made.getCenter(), zoom: made.getZoom() };
      setMap(null);
      setStyled(null);
      made.remove();
    };
  }, [source, dark]);
  return { place, map, styled, noTiles };
}

/** When something can't be had: finer outlines below the tiles; or outlines alone, lest a style takes the tracks with it. */
function drawOutlines(map: MapLibre, { style_url, tile_url }: MapSource, dark: boolean): void {
  const outlines = map.getSource<GeoJSONSource>('outlines');
  if (tile_url !== null) outlines?.setData(location.origin + FINE_OUTLINES);
  const hasStyle = map.getLayersOrder().length > 0;
  if (style_url !== null && !hasStyle) map.setStyle(baseStyle({ tile_url: null }, dark, location.origin));
}

function viewOf({ bounds, center, zoom }: Pick<MapOptions, 'bounds' | 'center' | 'zoom'>): Partial<MapOptions> {
  if (bounds !== undefined)
    return { bounds, fitBoundsOptions: { padding: { top: 90, right: 48, bottom: 48, left: 40 }, maxZoom: 15 } };
  return { ...(center !== undefined && { center }), ...(zoom !== undefined && { zoom }) };
}
