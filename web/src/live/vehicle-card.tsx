/** A vehicle in the list of the live page. */
import type { Vehicle } from '../api/types.ts';
import { useText, type Wording } from '../text/use-text.ts';
import { type LiveVehicle, ONLINE_MS, readingOf } from './live-state.ts';

interface VehicleCardProps {
  readonly vehicle: Vehicle;
  readonly live: LiveVehicle | undefined;
  readonly now: number;
  readonly onChoose: (vehicle: string) => void;
}

export function VehicleCard({ vehicle, live, now, onChoose }: VehicleCardProps) {
  const wording = useText();
  const speed = live && readingOf(live.latest, 'speed_kph');
  const isOnline = live !== undefined && now - live.time < ONLINE_MS;
  return (
    <button type="button" className="vehicle-card" onClick={() => onChoose(vehicle.vehicle)}>
      <span className={isOnline ? 'dot online' : 'dot'} />
      <span className="vehicle-name">
        <strong>{vehicle.name ?? vehicle.vehicle}</strong>
        <span className="soft">{lastSeen(vehicle, live, now, wording)}</span>
      </span>
      {isOnline && speed !== undefined && <strong className="number">{wording.format.speed(speed)}</strong>}
    </button>
  );
}

/** Whether it is online, or when it last was. */
export function lastSeen(
  { last_ts }: Pick<Vehicle, 'last_ts'>,
  live: LiveVehicle | undefined,
  now: number,
  { t, format }: Wording,
): string {
  const time = live?.time ?? (last_ts === null ? undefined : Date.parse(last_ts));
  if (time === undefined) return t('live.never');
  return now - time < ONLINE_MS ? t('live.online') : t('live.offline', { age: format.age(now - time) });
}
