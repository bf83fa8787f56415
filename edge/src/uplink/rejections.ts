/** Does with events that were refused by name what has to be done with them. */
import type { Shipping } from '../ports.ts';
import { rangesOf } from '../trip/seq-set.ts';
import { fateOf, type Rejection } from './judge.ts';

/** Marks everything that was sent; why some of it is kept for another try, undefined where nothing is. */
export function settle(
  shipping: Shipping,
  tripId: string,
  seqs: readonly number[],
  rejections: readonly Rejection[],
): string | undefined {
  const refused = new Set(rejections.map(({ index }) => index));
  shipping.markSent(tripId, rangesOf(seqs.filter((_, index) => !refused.has(index))));
  if (rejections.some(({ slug }) => slug === 'vehicle-not-allowed')) shipping.unpinVehicle(tripId);
  const of = (fate: string) => rejections.filter(({ slug }) => fateOf(slug) === fate);
  const seqOf = ({ index }: Rejection) => seqs[index] as number;
  for (const rejection of of('set-aside')) shipping.setAside(tripId, seqOf(rejection), rejection.why);
  const moved = of('move').map(seqOf);
  if (moved.length > 0) shipping.moveToNewTrip(tripId, moved);
  return of('keep')[0]?.why;
}
