/** What the map is drawn of: outlines that are always there, and above them tiles where they can be had. Pure. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { MapSource } from '../api/types.ts';

const COLOURS = {
  light: { water: '#cfdfec', land: '#f4f2ec', border: '#b9b3a4' },
  dark: { water: '#0e1620', land: '#1d2530', border: '#45505f' },
} as const;

/** Tiles drawn for paper-white screens, turned over at night. */
const NIGHT = {
  'raster-brightness-min': 1,
  'raster-brightness-max': 0,
  'raster-hue-rotate': 180,
  'raster-saturation': -0.35,
  'raster-contrast': -0.1,
} as const;

export const ATTRIBUTION = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>';

/** The outlines for below tiles, and those for where there are none; see `public/base`. */
const OUTLINES = '/base/land.json';
export const FINE_OUTLINES = '/base/land-fine.json';

/** The style for where no other is set, or the one that is set can't be had. */
export function baseStyle({ tile_url }: Partial<MapSource>, dark: boolean, origin: string): StyleSpecification {
  const { water, land, border } = COLOURS[dark ? 'dark' : 'light'];
  const tiles: LayerSpecification = { id: 'tiles', type: 'raster', source: 'tiles', paint: dark ? NIGHT : {} };
  return {
    version: 8,
    sources: {
      outlines: {
        type: 'geojson',
        data: origin + (tile_url == null ? FINE_OUTLINES : OUTLINES),
        attribution: 'Natural Earth',
      },
      ...(tile_url != null && {
        tiles: { type: 'raster' as const, tiles: [tile_url], tileSize: 256, maxzoom: 19, attribution: ATTRIBUTION },
      }),
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': water } },
      {
        id: 'land',
        type: 'fill',
        source: 'outlines',
        filter: ['==', 'kind', 'land'],
        // Smooth coasts are drawn twice; below tiles nobody sees them.
        paint: { 'fill-color': land, 'fill-antialias': tile_url == null },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'outlines',
        filter: ['==', 'kind', 'border'],
        paint: { 'line-color': border },
      },
      ...(tile_url == null ? [] : [tiles]),
    ],
  };
}
