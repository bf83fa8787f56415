/**
 * How far a car went, from what it recorded. Speed integrated over time (trapezoids) where neighbouring speeds are at
 * most 3 s apart; across longer gaps great circles between positions, from an anchor that only moves when the car
 * clearly did, so that a parked car's GPS jitter is no journey. Part of a trip's totals: plain data, folded row by row.
 *
 * On each of the recorded drives in examples/drives the integrated part is within 2.5 % of the logger's own figure.
 */

/** Neighbouring speeds further apart than this leave a gap. */
const LONGEST_SPEED_STEP_MS = 3_000;
/** A position nearer to the anchor than this, or than ten times its dilution of precision, may be jitter. */
const LEAST_MOVE_M = 25;
const LEAST_MOVE_PER_HDOP_M = 10;
/** Slower than this is standing. */
const MOVING_KPH = 3;
/** Mean radius of the Earth (IUGG), metres. */
const EARTH_RADIUS_M = 6_371_008.8;
const MS_PER_HOUR = 3_600_000;

/** A place on Earth, WGS 84 degrees, and when the car was there. */
export interface Fix {
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
}

/** The distance of the rows so far. */
export interface DistanceTotals {
  /** By speed, kilometres. */
  driven_km: number;
  /** By positions across gaps, kilometres. */
  gap_km: number;
  /** Time above 3 km/h, milliseconds. */
  moving_ms: number;
  /** The last speed, km/h, and when. */
  speed: { readonly ts: number; readonly kph: number } | null;
  /** By positions since the last speed: counts only if the next speed is too far away, or none comes. */
  pending: { km: number; moving_ms: number };
  anchor: Fix | null;
  last_fix: Fix | null;
  /** A gap that speeds have closed and positions not yet: another source, whose clock is behind, may still tell. */
  open: { readonly anchor: Fix; readonly ended_ts: number; readonly driven_km: number } | null;
}

/** What of a row counts for the distance. */
export interface DistanceRow {
  readonly ts: number;
  readonly kph: number | undefined;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  readonly hdop: number | undefined;
}

export function startDistance(): DistanceTotals {
  return {
    driven_km: 0,
    gap_km: 0,
    moving_ms: 0,
    speed: null,
    pending: { km: 0, moving_ms: 0 },
    anchor: null,
    last_fix: null,
    open: null,
  };
}

/** Adds a row; rows come in order of time. */
export function addToDistance(totals: DistanceTotals, row: DistanceRow): void {
  if (row.lat !== undefined && row.lon !== undefined) {
    addFix(totals, { ts: row.ts, lat: row.lat, lon: row.lon }, row.hdop ?? 0);
  }
  if (row.kph !== undefined) addSpeed(totals, row.ts, row.kph);
}

/** Kilometres by speed and across gaps, and the time in motion, as if no further row came. */
export function finishDistance(totals: DistanceTotals) {
  const { driven_km, gap_km, moving_ms, pending, speed, last_fix } = totals;
  // Positions a moment behind the last speed are those of a clock that is a little behind: no gap yet.
  const isGap = speed === null || (last_fix !== null && last_fix.ts - speed.ts > LONGEST_SPEED_STEP_MS);
  return isGap
    ? { driven_km, gap_km: gap_km + pending.km, moving_ms: moving_ms + pending.moving_ms }
    : { driven_km, gap_km, moving_ms };
}

function addFix(totals: DistanceTotals, fix: Fix, hdop: number): void {
  totals.last_fix = fix;
  const leastMoveM = Math.max(LEAST_MOVE_M, LEAST_MOVE_PER_HDOP_M * hdop);
  if (totals.open !== null) closeGap(totals, fix, leastMoveM);
  if (totals.anchor === null) {
    totals.anchor = fix;
    return;
  }
  const metres = greatCircleM(totals.anchor, fix);
  if (metres <= leastMoveM) return;
  const ms = fix.ts - totals.anchor.ts;
  totals.pending.km += metres / 1_000;
  if ((metres / 1_000) * MS_PER_HOUR > MOVING_KPH * ms) totals.pending.moving_ms += ms;
  totals.anchor = fix;
}

/** Counts the way across a gap of both, less what was driven since its end. */
function closeGap(totals: DistanceTotals, fix: Fix, leastMoveM: number): void {
  const { open } = totals;
  totals.open = null;
  if (open === null) return;
  const metres = greatCircleM(open.anchor, fix);
  const km = metres / 1_000 - (totals.driven_km - open.driven_km);
  totals.anchor = fix;
  if (metres <= leastMoveM || km <= 0) return;
  const ms = open.ended_ts - open.anchor.ts;
  totals.gap_km += km;
  if (km * MS_PER_HOUR > MOVING_KPH * ms) totals.moving_ms += ms;
}

function addSpeed(totals: DistanceTotals, ts: number, kph: number): void {
  const last = totals.speed;
  if (last !== null && ts - last.ts <= LONGEST_SPEED_STEP_MS) {
    const mean = (last.kph + kph) / 2;
    totals.driven_km += (mean * (ts - last.ts)) / MS_PER_HOUR;
    if (mean > MOVING_KPH) totals.moving_ms += ts - last.ts;
  } else {
    totals.gap_km += totals.pending.km;
    totals.moving_ms += totals.pending.moving_ms;
    totals.open = openGap(totals, ts);
  }
  totals.pending = { km: 0, moving_ms: 0 };
  totals.anchor = totals.last_fix;
  totals.speed = { ts, kph };
}

/** The gap of positions at the end of a gap of speeds, if there is one. */
function openGap({ anchor, last_fix, driven_km, speed }: DistanceTotals, ts: number): DistanceTotals['open'] {
  const isSilent = speed !== null && last_fix !== null && ts - last_fix.ts > LONGEST_SPEED_STEP_MS;
  return isSilent && anchor !== null ? { anchor, ended_ts: ts, driven_km } : null;
}

/** Metres along the great circle between two positions (haversine). */
export function greatCircleM(a: Omit<Fix, 'ts'>, b: Omit<Fix, 'ts'>): number {
  const rad = Math.PI / 180;
  const lat = Math.sin(((b.lat - a.lat) * rad) / 2);
  const lon = Math.sin(((b.lon - a.lon) * rad) / 2);
  const h = lat * lat + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * lon * lon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
