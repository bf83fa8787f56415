/** One vehicle now: its gauges, each with the last minutes as a curve. */
import { useState } from 'react';
import type { HistoryPoint, Latest, Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { DEMO } from '../demo/replay.ts';
import { Link } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Icon } from '../ui/icon.tsx';
import { SparkLine } from '../ui/spark-line.tsx';
import { curveOf, fixOf, type LiveVehicle, ONLINE_MS, PAST_MS, readingOf } from './live-state.ts';
import { lastSeen } from './vehicle-card.tsx';

/** What is shown, if the vehicle ever sent it. */
const GAUGES = [
  'speed_kph',
  'rpm',
  'coolant_c',
  'battery_v',
  'fuel_level_pct',
  'soc_pct',
  'throttle_pos',
  'altitude_m',
];

/** How often the server is asked for what this page did not see. */
const PAST_EVERY_MS = 60_000;

interface VehicleDetailProps {
  readonly vehicle: Vehicle;
  readonly live: LiveVehicle | undefined;
  readonly now: number;
  readonly onClose: () => void;
}

export function VehicleDetail({ vehicle, live, now, onClose }: VehicleDetailProps) {
  const wording = useText();
  const { t, format } = wording;
  const fix = live && fixOf(live.latest);
  return (
    <div className="vehicle-detail">
      <header>
        <button type="button" className="icon-button" aria-label={t('live.all')} onClick={onClose}>
          <Icon name="back" />
        </button>
        <div className="vehicle-name">
          <h2>{vehicle.name ?? vehicle.vehicle}</h2>
          <span className="soft">
            {lastSeen(vehicle, live, now, wording)} ·{' '}
            {fix === undefined ? t('live.noFix') : t('live.fixAge', { age: format.age(now - fix.time) })}
          </span>
        </div>
      </header>
      {live && <Gauges live={live} now={now} />}
      {live && (
        <Link className="button" href={`/trips/${live.latest.trip_id}?vehicle=${encodeURIComponent(vehicle.vehicle)}`}>
          {t('live.currentTrip')}
        </Link>
      )}
    </div>
  );
}

function Gauges({ live, now }: { readonly live: LiveVehicle; readonly now: number }) {
  const [since] = useState(() => new Date(live.time - PAST_MS).toISOString());
  const shown = GAUGES.filter((signal) => readingOf(live.latest, signal) !== undefined);
  return (
    <dl className="gauges">
      {shown.map((signal) => (
        <Gauge key={signal} signal={signal} live={live} now={now} since={since} />
      ))}
    </dl>
  );
}

interface GaugeProps {
  readonly signal: string;
  readonly live: LiveVehicle;
  readonly now: number;
  /** From where on the server is asked for the past. */
  readonly since: string;
}

function Gauge({ signal, live: { latest, samples }, now, since }: GaugeProps) {
  const { format, label } = useText();
  const query = new URLSearchParams({ signal, step: '1m', from: since });
  const path = `/v1/vehicles/${encodeURIComponent(latest.vehicle)}/history?${query}`;
  const { data } = useData<{ points: readonly HistoryPoint[] }>(latest.trip_id === DEMO ? null : path, PAST_EVERY_MS);
  const older = staleSince(latest, signal);
  return (
    <div className="gauge">
      <dt>{label(signal)}</dt>
      <dd className="number">
        {format.signal(signal, readingOf(latest, signal) ?? 0)}
        {older !== undefined && <small>{format.age(now - Date.parse(older))}</small>}
      </dd>
      <SparkLine points={curveOf(samples, signal, data?.points)} />
    </div>
  );
}

/** When a signal was measured, where that is notably before the newest event. */
function staleSince({ ts, older }: Latest, signal: string): string | undefined {
  const since = older[signal];
  return since !== undefined && Date.parse(ts) - Date.parse(since) > ONLINE_MS ? since : undefined;
}
