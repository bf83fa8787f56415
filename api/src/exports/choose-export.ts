/** Which file format a request for a trip's events means. */
import { parseAccept, qualityOf } from './accept.ts';
import { TRIP_EXPORTS, type TripExport } from './trip-export.ts';

/**
 * The format of a path's suffix where there is one, else the one that the Accept header likes best; undefined where
 * there is no such format. Without a header, or with an empty one, a client takes anything.
 */
export function chooseExport(suffix: string | undefined, accept: string | undefined): TripExport | undefined {
  if (suffix !== undefined) return TRIP_EXPORTS.find((format) => format.suffix === suffix);
  const ranges = parseAccept(accept?.trim() || '*/*');
  const [best] = TRIP_EXPORTS.map((format) => ({ format, quality: qualityOf(format.mediaType, ranges) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  return best?.format;
}
