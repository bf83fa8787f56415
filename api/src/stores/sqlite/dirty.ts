/** What changed since trips and rollups were last worked out. */
import type { Span } from '../../trips/span.ts';

/** A row of `dirty` with its container. */
export interface DirtyRow {
  readonly vehicle_id: number;
  readonly vehicle: string;
  /** 0 for a stretch of time in which trips must be derived anew though no event changed. */
  readonly container: number;
  readonly from_ts: number;
  readonly to_ts: number;
  readonly from_seq: number;
  /** The container's own, null where it is gone. */
  readonly name: string | null;
  readonly loose: number | null;
  readonly first_ts: number | null;
  readonly last_ts: number | null;
  readonly ordered_seq: number | null;
}

/**
 * The stretch of time that a row makes dirty; of a container never more than it has, and where it has nothing there any
 * more, its end: what is dirty must lie somewhere to be worked out.
 */
export function spanOf({ from_ts, to_ts, first_ts, last_ts }: DirtyRow): Span {
  const [first, last] = [first_ts ?? from_ts, last_ts ?? to_ts];
  const within = (ts: number) => Math.min(Math.max(ts, first), last);
  return { from: within(from_ts), to: within(to_ts) };
}
