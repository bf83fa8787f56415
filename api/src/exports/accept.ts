/** The Accept header: which media types a client takes, and how gladly (RFC 9110 §12.5.1). */

/** One member of the header: a type, or all of a kind. */
export interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** As in `charset=utf-8`, lower case. */
  readonly parameters: readonly string[];
  /** 0 (not at all) to 1. */
  readonly quality: number;
}

/** What lies between two commas, or semicolons, that are not in a quoted string. */
const MEMBER = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PART = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;
const RANGE = /^([!#$%&'*+.^_`|~\w-]+)\/([!#$%&'*+.^_`|~\w-]+)$/;
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
const ANY = '*';
/** All that is sent as text is sent so, whether its media type has a parameter for it or not. */
const OUR_CHARSET = 'charset=utf-8';

/** The ranges of a header; what is none is left out. */
export function parseAccept(header: string): MediaRange[] {
  return (header.match(MEMBER) ?? []).flatMap((member) => parseRange(member) ?? []);
}

/** How gladly a media type is taken: the quality of the most specific range that it is in, 0 for none. */
export function qualityOf(mediaType: string, ranges: readonly MediaRange[]): number {
  const [essence = ''] = mediaType.split(';');
  const [best] = ranges
    .filter((range) => includes(range, essence))
    .toSorted((a, b) => specificityOf(b) - specificityOf(a) || b.quality - a.quality);
  return best?.quality ?? 0;
}

function parseRange(member: string): MediaRange | undefined {
  const [range = '', ...parameters] = (member.match(PART) ?? []).map((part) => part.trim().toLowerCase());
  const [, type = '', subtype = ''] = RANGE.exec(range) ?? [];
  const quality = qualityIn(parameters);
  if (type === '' || (type === ANY && subtype !== ANY) || quality === undefined) return undefined;
  const others = parameters.filter((parameter) => parameter !== '' && !parameter.startsWith('q='));
  return { type, subtype, parameters: others.map((parameter) => parameter.replaceAll('"', '')), quality };
}

function qualityIn(parameters: readonly string[]): number | undefined {
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  if (weight === undefined) return 1;
  const [, digits] = QUALITY.exec(weight) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function includes({ type, subtype, parameters }: MediaRange, essence: string): boolean {
  const matches =
    type === ANY || essence === `${type}/${subtype}` || (subtype === ANY && essence.startsWith(`${type}/`));
  return matches && parameters.every((parameter) => parameter === OUR_CHARSET);
}

function specificityOf({ type, subtype, parameters }: MediaRange): number {
  return Number(type !== ANY) + Number(subtype !== ANY) + parameters.length;
}
