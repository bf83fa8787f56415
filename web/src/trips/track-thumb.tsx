/** A small drawing of a trip's track; asked for when it comes into view and stays there. */
import { useEffect, useState } from 'react';
import { ask } from '../api/client.ts';
import type { Trip, TripEvent } from '../api/types.ts';
import { type TrackPoint, trackPath } from './track-path.ts';

const SIZE = 60;
/** Rows that only fly by ask for nothing, milliseconds. */
const STAYS_MS = 120;
const MOST_AT_ONCE = 3;
const MOST_KEPT = 1_000;

const paths = new Map<string, string>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

export function TrackThumb({ trip }: { readonly trip: Trip }) {
  const key = `${trip.trip_id} ${trip.vehicle} ${trip.event_count}`;
  const [path, setPath] = useState(() => paths.get(key));
  useEffect(() => {
    if (paths.has(key)) return setPath(paths.get(key));
    let wanted = true;
    const timer = setTimeout(() => {
      enqueue(async () => {
        if (!wanted) return;
        const drawn = await draw(trip);
        keep(key, drawn);
        setPath(drawn);
      });
    }, STAYS_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, trip]);
  return (
    <svg className="track-thumb" viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
      <path d={path ?? ''} />
    </svg>
  );
}

async function draw({ trip_id, vehicle, first_position }: Trip): Promise<string> {
  if (first_position === null) return '';
  const query = new URLSearchParams({ vehicle, fields: 'lat,lon', max_points: '60' });
  const { events } = await ask<{ events: readonly TripEvent[] }>(`/v1/trips/${trip_id}/events.json?${query}`);
  return trackPath(events.filter(hasPosition).map(pointOf), SIZE);
}

function hasPosition({ lat, lon }: TripEvent): boolean {
  return typeof lat === 'number' && typeof lon === 'number';
}

function pointOf({ ts, lat, lon }: TripEvent): TrackPoint {
  return { time: Date.parse(ts), lat: lat as number, lon: lon as number };
}

function keep(key: string, path: string): void {
  paths.set(key, path);
  const oldest = paths.size > MOST_KEPT ? paths.keys().next().value : undefined;
  if (oldest !== undefined) paths.delete(oldest);
}

function enqueue(work: () => Promise<void>): void {
  waiting.push(work);
  next();
}

function next(): void {
  if (running >= MOST_AT_ONCE) return;
  const work = waiting.shift();
  if (work === undefined) return;
  running++;
  // A drawing that fails is left out; the row says everything else.
  work()
    .catch(() => {})
    .finally(() => {
      running--;
      next();
    });
}
