/** Where the maps of the pages come from: what pages are told of it, and what browsers may ask of whom. */

/** The tiles that are shown where nothing else is set. @see https://operations.osmfoundation.org/policies/tiles/ */
export const OSM_TILES = 'https://tile.openstreetmap.org/{z}/{x}/{y}.png';

export interface MapSettings {
  /** A MapLibre style, null where there is none. */
  readonly style_url: string | null;
  /** A template of raster tiles for where there is no style, null for none. */
  readonly tile_url: string | null;
  /** Origins that the map is made from, besides this server. */
  readonly hosts: readonly string[];
}

/** The settings `MAP_STYLE_URL` and `MAP_HOSTS` as pages and headers need them. */
export function mapSettingsOf({ MAP_STYLE_URL, MAP_HOSTS = '' }: MapConfig): MapSettings {
  if (MAP_STYLE_URL === null) return { style_url: null, tile_url: null, hosts: [] };
  if (MAP_STYLE_URL === undefined) return { style_url: null, tile_url: OSM_TILES, hosts: [new URL(OSM_TILES).origin] };
  const hosts = [MAP_STYLE_URL, ...listOf(MAP_HOSTS)].map((address) => new URL(address).origin);
  return { style_url: MAP_STYLE_URL, tile_url: null, hosts: [...new Set(hosts)] };
}

/** The settings that this is made of: undefined where they are not set, null for `off`. */
interface MapConfig {
  readonly MAP_STYLE_URL?: string | null | undefined;
  readonly MAP_HOSTS?: string | undefined;
}

/** What stands between commas. */
function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
