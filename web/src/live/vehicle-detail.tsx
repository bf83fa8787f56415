/** One vehicle now: its gauges, each with the last minutes as a curve. */
import type { Latest, Vehicle } from '../api/types.ts';
import { Link } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Icon } from '../ui/icon.tsx';
import { SparkLine } from '../ui/spark-line.tsx';
import { curveOf, fixOf, type LiveVehicle, ONLINE_MS, readingOf } from './live-state.ts';
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

function Gauges({ live: { latest, samples }, now }: { readonly live: LiveVehicle; readonly now: number }) {
  const { format, label } = useText();
  const shown = GAUGES.filter((signal) => readingOf(latest, signal) !== undefined);
  return (
    <dl className="gauges">
      {shown.map((signal) => {
        const since = staleSince(latest, signal);
        return (
          <div key={signal} className="gauge">
            <dt>{label(signal)}</dt>
            <dd className="number">
              {format.signal(signal, readingOf(latest, signal) ?? 0)}
              {since !== undefined && <small>{format.age(now - Date.parse(since))}</small>}
            </dd>
            {samples.length > 1 && <SparkLine points={curveOf(samples, signal)} />}
          </div>
        );
      })}
    </dl>
  );
}

/** When a signal was measured, where that is notably before the newest event. */
function staleSince({ ts, older }: Latest, signal: string): string | undefined {
  const since = older[signal];
  return since !== undefined && Date.parse(ts) - Date.parse(since) > ONLINE_MS ? since : undefined;
}
