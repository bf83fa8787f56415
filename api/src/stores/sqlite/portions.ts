/** What was worked out, in portions that are handed on and committed in a moment: a chain of trips may have thousands. */
import type { Derived } from './protocol.ts';

/** Rows of a portion. */
const MOST_ROWS = 1_000;

/** In the order in which they are written: nothing is settled before all that shows it is there. */
const KINDS = ['removed', 'trips', 'rollups', 'ordered', 'settled'] as const;

export function* portionsOf(stretches: readonly Derived[]): Generator<readonly Derived[]> {
  let portion: Derived[] = [];
  let rows = 0;
  for (const piece of stretches.flatMap(piecesOf)) {
    if (rows > 0 && rows + rowsOf(piece) > MOST_ROWS) {
      yield portion;
      portion = [];
      rows = 0;
    }
    portion.push(piece);
    rows += rowsOf(piece);
  }
  if (portion.length > 0) yield portion;
}

function piecesOf(derived: Derived): Derived[] {
  if (rowsOf(derived) <= MOST_ROWS) return [derived];
  const nothing: Derived = { vehicle: derived.vehicle, removed: [], trips: [], rollups: [], ordered: [], settled: [] };
  return KINDS.flatMap((kind) => {
    const count = Math.ceil(derived[kind].length / MOST_ROWS);
    return Array.from({ length: count }, (_, index) => ({
      ...nothing,
      [kind]: derived[kind].slice(index * MOST_ROWS, (index + 1) * MOST_ROWS),
    }));
  });
}

function rowsOf(derived: Derived): number {
  return KINDS.reduce((sum, kind) => sum + derived[kind].length, 0);
}
