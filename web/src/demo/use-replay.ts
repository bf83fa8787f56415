/** The demo drive as live vehicles in components: over and over. */
import { useEffect, useState } from 'react';
import type { TripEvent } from '../api/types.ts';
import { type LiveState, withLatest } from '../live/live-state.ts';
import { createReplay } from './replay.ts';

const LOOK_EVERY_MS = 250;

/** The drive of these events; nobody while there are none. */
export function useReplay(events: readonly TripEvent[] | undefined): LiveState {
  const [vehicles, setVehicles] = useState<LiveState>(new Map());
  useEffect(() => {
    if (events === undefined) return;
    let replay = createReplay(events, Date.now());
    const look = () => {
      const due = replay(Date.now());
      if (due !== undefined) return setVehicles((before) => due.reduce(withLatest, before));
      replay = createReplay(events, Date.now());
      setVehicles(new Map());
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [events]);
  return vehicles;
}
