/** A trip's track on a map, coloured by a signal; the cursor moves along it. */
import { type GeoJSONSource, type Map as MapLibre, type MapMouseEvent, Marker } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useMap } from '../map/use-map.ts';
import { useText } from '../text/use-text.ts';
import { nearestIndex } from './columns.ts';
import { type Cursor, useCursorTime } from './cursor.ts';
import { extentOf, LEVEL_COLOURS, nearestPoint, piecesOf, type TrackPoint } from './track.ts';

/** How near to the track a pointer has to be to mean it, pixels. */
const NEAR_PX = 24;

interface TripMapProps {
  readonly bbox: readonly [number, number, number, number];
  readonly points: readonly TrackPoint[] | undefined;
  readonly colour: string;
  readonly cursor: Cursor;
}

export function TripMap({ bbox, points, colour, cursor }: TripMapProps) {
  const { t } = useText();
  const { place, styled: map, noTiles } = useMap({ bounds: [...bbox] });
  useTrack(map, points);
  usePointer(map, points, cursor);
  useCursorMarker(map, points, cursor);
  return (
    <>
      <section ref={place} className="map-place" aria-label={t('trip.map')} />
      {points && <Legend points={points} colour={colour} />}
      {noTiles && <p className="map-note">{t('map.noTiles')}</p>}
    </>
  );
}

function Legend({ points, colour }: { readonly points: readonly TrackPoint[]; readonly colour: string }) {
  const { format } = useText();
  const extent = useMemo(() => extentOf(points), [points]);
  if (extent === undefined) return null;
  return (
    <div className="legend number">
      <span>{format.signal(colour, extent[0])}</span>
      <svg viewBox={`0 0 ${LEVEL_COLOURS.length} 1`} preserveAspectRatio="none" aria-hidden="true">
        {LEVEL_COLOURS.map((fill, index) => (
          <rect key={fill} x={index} width="1.02" height="1" fill={fill} />
        ))}
      </svg>
      <span>{format.signal(colour, extent[1])}</span>
    </div>
  );
}

function useTrack(map: MapLibre | null, points: readonly TrackPoint[] | undefined): void {
  useEffect(() => {
    if (map === null || points === undefined) return;
    const data = { type: 'FeatureCollection' as const, features: featuresOf(points) };
    const source = map.getSource<GeoJSONSource>('track');
    if (source !== undefined) {
      source.setData(data);
      return;
    }
    map.addSource('track', { type: 'geojson', data });
    addTrackLayers(map);
  }, [map, points]);
}

function featuresOf(points: readonly TrackPoint[]) {
  const pieces = piecesOf(points).map(({ kind, level, coordinates }) => ({
    type: 'Feature' as const,
    properties: { kind, colour: (level !== null && LEVEL_COLOURS[level]) || '#7a8594' },
    geometry: { type: 'LineString' as const, coordinates: coordinates.map((place) => [...place]) },
  }));
  const ends = [points[0], points.at(-1)].flatMap((end, index) =>
    end === undefined
      ? []
      : {
          type: 'Feature' as const,
          properties: { kind: index === 0 ? 'start' : 'end' },
          geometry: { type: 'Point' as const, coordinates: [end.lon, end.lat] },
        },
  );
  return [...pieces, ...ends];
}

function addTrackLayers(map: MapLibre): void {
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const source = 'track';
  map.addLayer({
    id: 'track-edge',
    type: 'line',
    source,
    filter: ['==', 'kind', 'track'],
    layout: round,
    paint: { 'line-color': '#ffffff', 'line-width': 8, 'line-opacity': 0.85 },
  });
  map.addLayer({
    id: 'track-gap',
    type: 'line',
    source,
    filter: ['==', 'kind', 'gap'],
    paint: { 'line-color': '#7a8594', 'line-width': 2.5, 'line-dasharray': [2, 2] },
  });
  map.addLayer({
    id: 'track',
    type: 'line',
    source,
    filter: ['==', 'kind', 'track'],
    layout: round,
    paint: { 'line-color': ['get', 'colour'], 'line-width': 5 },
  });
  map.addLayer({
    id: 'track-ends',
    type: 'circle',
    source,
    filter: ['in', 'kind', 'start', 'end'],
    paint: {
      'circle-radius': 6,
      'circle-color': ['match', ['get', 'kind'], 'start', '#ffffff', '#18202b'],
      'circle-stroke-color': ['match', ['get', 'kind'], 'start', '#18202b', '#ffffff'],
      'circle-stroke-width': 3,
    },
  });
}

/** The pointer near the track moves the cursor. */
function usePointer(map: MapLibre | null, points: readonly TrackPoint[] | undefined, cursor: Cursor): void {
  useEffect(() => {
    if (map === null || points === undefined) return;
    const look = ({ lngLat, point }: MapMouseEvent) => {
      const nearest = nearestPoint(points, lngLat.lat, lngLat.lng);
      if (nearest === undefined) return;
      const { x, y } = map.project([nearest.lon, nearest.lat]);
      if (Math.hypot(x - point.x, y - point.y) <= NEAR_PX) cursor.set(nearest.time);
    };
    map.on('mousemove', look);
    map.on('click', look);
    return () => {
      map.off('mousemove', look);
      map.off('click', look);
    };
  }, [map, points, cursor]);
}

function useCursorMarker(map: MapLibre | null, points: readonly TrackPoint[] | undefined, cursor: Cursor): void {
  const time = useCursorTime(cursor);
  const marker = useMemo(() => {
    const element = document.createElement('div');
    element.className = 'cursor-marker';
    return new Marker({ element });
  }, []);
  const times = useMemo(() => points?.map((point) => point.time) ?? [], [points]);
  useEffect(() => {
    const point = time === null ? undefined : points?.[nearestIndex(times, time)];
    if (map === null || point === undefined) marker.remove();
    else marker.setLngLat([point.lon, point.lat]).addTo(map);
  }, [map, marker, points, times, time]);
}
