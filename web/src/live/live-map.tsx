/** The vehicles on a map, each with its heading and a tail of where it just was. */
import { type GeoJSONSource, LngLatBounds, type Map as MapLibre, Marker } from 'maplibre-gl';
import { useEffect, useRef, useState } from 'react';
import { useMap } from '../map/use-map.ts';
import { useText } from '../text/use-text.ts';
import { fixOf, type LiveState, type LiveVehicle, ONLINE_MS } from './live-state.ts';

interface LiveMapProps {
  readonly vehicles: LiveState;
  readonly names: ReadonlyMap<string, string>;
  readonly chosen: string | null;
  readonly now: number;
  readonly onChoose: (vehicle: string) => void;
}

export function LiveMap(props: LiveMapProps) {
  const { t } = useText();
  const { vehicles, chosen } = props;
  const bounds = boundsOf(vehicles);
  const { place, map, styled, noTiles } = useMap(bounds === undefined ? { center: [10, 30], zoom: 1 } : { bounds });
  useMarkers(map, props);
  useTails(styled, vehicles);
  const { isAside, follow } = useView(map, vehicles, chosen);
  return (
    <>
      <section ref={place} className="map-place" aria-label={t('live.map')} />
      {noTiles && <p className="map-note">{t('map.noTiles')}</p>}
      {isAside && (
        <button type="button" className="map-follow" onClick={follow}>
          {t(chosen === null ? 'live.showAll' : 'live.follow')}
        </button>
      )}
    </>
  );
}

function boundsOf(vehicles: LiveState): LngLatBounds | undefined {
  const fixes = [...vehicles.values()].flatMap(({ latest }) => fixOf(latest) ?? []);
  if (fixes.length === 0) return undefined;
  return fixes.reduce((bounds, { lon, lat }) => bounds.extend([lon, lat]), new LngLatBounds());
}

/** One marker a vehicle, moved and never made anew. */
function useMarkers(map: MapLibre | null, { vehicles, names, chosen, now, onChoose }: LiveMapProps): void {
  const markers = useRef(new Map<string, Marker>());
  const choose = useRef(onChoose);
  choose.current = onChoose;
  useEffect(() => {
    const made = markers.current;
    return () => {
      for (const marker of made.values()) marker.remove();
      made.clear();
      void map;
    };
  }, [map]);
  useEffect(() => {
    if (map === null) return;
    for (const [vehicle, live] of vehicles) {
      const fix = fixOf(live.latest);
      if (fix === undefined) continue;
      const marker = markers.current.get(vehicle) ?? markerFor(vehicle, () => choose.current(vehicle));
      dress(marker.getElement(), names.get(vehicle) ?? vehicle, live, { isChosen: vehicle === chosen, now });
      marker.setLngLat([fix.lon, fix.lat]);
      if (!markers.current.has(vehicle)) marker.addTo(map);
      markers.current.set(vehicle, marker);
    }
  }, [map, vehicles, names, chosen, now]);
}

function markerFor(vehicle: string, onPress: () => void): Marker {
  const element = document.createElement('button');
  element.type = 'button';
  element.dataset['vehicle'] = vehicle;
  element.append(document.createElement('span'), document.createElement('b'));
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    onPress();
  });
  return new Marker({ element });
}

function dress(element: HTMLElement, name: string, live: LiveVehicle, how: { isChosen: boolean; now: number }): void {
  const { isChosen, now } = how;
  const isOnline = now - live.time < ONLINE_MS;
  for (const [word, holds] of [
    ['car', true],
    ['online', isOnline],
    ['chosen', isChosen],
  ] as const) {
    element.classList.toggle(word, holds);
  }
  // What moves is not hidden by what stands.
  element.style.zIndex = `${Number(isOnline) + 2 * Number(isChosen)}`;
  const [arrow, label] = element.children;
  const heading = fixOf(live.latest)?.heading;
  if (arrow instanceof HTMLElement) {
    arrow.classList.toggle('arrow', heading !== undefined);
    arrow.style.transform = `rotate(${heading ?? 0}deg)`;
  }
  if (label !== undefined && label.textContent !== name) label.textContent = name;
}

/** Where each vehicle was in the last minutes, as far as this page saw it. */
function useTails(map: MapLibre | null, vehicles: LiveState): void {
  useEffect(() => {
    if (map === null) return;
    const data = { type: 'FeatureCollection' as const, features: [...vehicles.values()].map(tailOf) };
    const source = map.getSource<GeoJSONSource>('tails');
    if (source !== undefined) {
      source.setData(data);
      return;
    }
    map.addSource('tails', { type: 'geojson', data });
    map.addLayer({
      id: 'tails',
      type: 'line',
      source: 'tails',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': '#2f7df0', 'line-width': 5, 'line-opacity': 0.7 },
    });
  }, [map, vehicles]);
}

function tailOf({ samples }: LiveVehicle) {
  const fixes = samples.flatMap(({ latest }) => fixOf(latest) ?? []);
  const coordinates = fixes.map(({ lon, lat }) => [lon, lat]);
  return { type: 'Feature' as const, properties: {}, geometry: { type: 'LineString' as const, coordinates } };
}

/** Follows the chosen vehicle, and shows all when another appears, until somebody moves the map by hand. */
function useView(
  map: MapLibre | null,
  vehicles: LiveState,
  chosen: string | null,
): { isAside: boolean; follow: () => void } {
  const [isAside, setAside] = useState(false);
  const latest = chosen === null ? undefined : vehicles.get(chosen)?.latest;
  const { lat, lon } = (latest && fixOf(latest)) ?? {};
  const located = [...vehicles.values()].filter(({ latest: each }) => fixOf(each) !== undefined).length;
  const all = useRef(vehicles);
  all.current = vehicles;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is followed anew
  useEffect(() => setAside(false), [chosen]);
  useEffect(() => {
    const leave = () => setAside(true);
    map?.on('dragstart', leave);
    return () => void map?.off('dragstart', leave);
  }, [map]);
  useEffect(() => {
    if (map === null || isAside || lat === undefined || lon === undefined) return;
    map.easeTo({ center: [lon, lat], ...(map.getZoom() < 12 && { zoom: 14 }), duration: 900 });
  }, [map, isAside, lat, lon]);
  useEffect(() => {
    const bounds = boundsOf(all.current);
    if (map === null || isAside || chosen !== null || located === 0 || bounds === undefined) return;
    map.fitBounds(bounds, { padding: 60, maxZoom: 14, duration: 0 });
  }, [map, isAside, chosen, located]);
  return { isAside, follow: () => setAside(false) };
}
