/** Which of many rows the window shows, and a little around them. */
import { type RefObject, useEffect, useState } from 'react';
import { rowsBetween } from './trip-rows.ts';

/** Drawn beyond the edges of the window, pixels: fast scrolling shows no holes. */
const MARGIN_PX = 600;

/** First row, and the one after the last. */
export function useVisibleRows(list: RefObject<HTMLElement | null>, offsets: Float64Array): readonly [number, number] {
  const [range, setRange] = useState<readonly [number, number]>(() => rowsBetween(offsets, 0, innerHeight + MARGIN_PX));
  useEffect(() => {
    const look = () => {
      const top = -(list.current?.getBoundingClientRect().top ?? 0);
      const next = rowsBetween(offsets, top - MARGIN_PX, top + innerHeight + MARGIN_PX);
      setRange((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [list, offsets]);
  return range;
}
