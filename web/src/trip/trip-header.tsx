/** A trip's name, its times, and what can be done with it. */
import { ask } from '../api/client.ts';
import type { TripDetail, Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { ShareDialog } from '../people/share-dialog.tsx';
import { Link, navigate, useOpen } from '../shell/router.tsx';
import { useIsAdmin, useWho } from '../shell/session.ts';
import { useText } from '../text/use-text.ts';
import { forgetTrips } from '../trips/trip-pages.ts';
import { Dialog } from '../ui/dialog.tsx';
import { explain } from '../ui/failure.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import { useAction } from '../ui/use-action.ts';

interface TripHeaderProps {
  readonly trip: TripDetail;
  readonly onChanged: () => void;
}

export function TripHeader({ trip, onChanged }: TripHeaderProps) {
  const { t, format } = useText();
  const { name, note, vehicle, started_at, ended_at, time_zone } = trip;
  const { trip_id: onlyTrip } = useWho();
  const called = useVehicleName(vehicle);
  const { distance_km, duration_s, max_speed_kph } = trip;
  const summary = [
    format.distance(distance_km),
    format.duration(duration_s),
    ...(max_speed_kph === null ? [] : [t('trips.max', { speed: format.speed(max_speed_kph) })]),
  ];
  const times = `${format.clock(started_at, time_zone)} – ${format.clock(ended_at, time_zone)}`;
  return (
    <header className="trip-header">
      <div className="trip-title">
        {onlyTrip === null && (
          <Link className="button icon-button" href="/trips" aria-label={t('trips.title')}>
            <Icon name="back" />
          </Link>
        )}
        <div>
          <h1>{name ?? times}</h1>
          <p className="soft">
            {called} · {format.day(started_at, time_zone)}
            {name !== null && ` · ${times}`}
          </p>
          <p className="number">{summary.join(' · ')}</p>
        </div>
        <TripActions trip={trip} onChanged={onChanged} />
      </div>
      {note !== null && <p className="note">{note}</p>}
    </header>
  );
}

/** A vehicle's name for people; whoever has a link to one trip is told no list of vehicles. */
function useVehicleName(vehicle: string): string {
  const { trip_id: onlyTrip } = useWho();
  const { data } = useData<{ vehicles: readonly Vehicle[] }>(onlyTrip === null ? '/v1/vehicles' : null);
  return data?.vehicles.find((each) => each.vehicle === vehicle)?.name ?? vehicle;
}

function TripActions({ trip, onChanged }: TripHeaderProps) {
  const { t } = useText();
  const [open, setOpen] = useOpen();
  const remove = useRemoval(trip);
  if (!useIsAdmin()) return null;
  return (
    <div className="trip-actions">
      <IconButton icon="share" label={t('trip.share')} onClick={() => setOpen('share')} />
      <IconButton icon="edit" label={t('trip.edit')} onClick={() => setOpen('edit')} />
      <IconButton icon="trash" label={t('common.delete')} onClick={remove} />
      {open === 'edit' && <EditDialog trip={trip} onChanged={onChanged} onClose={() => setOpen(null)} />}
      {open === 'share' && <ShareDialog vehicle={trip.vehicle} tripId={trip.trip_id} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}

function IconButton({ icon, label, onClick }: IconButtonProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** Deletes the trip at once, and offers to bring it back. */
function useRemoval({ trip_id, vehicle }: TripDetail): () => void {
  const { t } = useText();
  const { run } = useAction();
  const work = async () => {
    const path = `/v1/trips/${trip_id}?vehicle=${encodeURIComponent(vehicle)}`;
    const { correction_id } = await ask<{ correction_id: string }>(path, { method: 'DELETE' });
    forgetTrips();
    navigate('/trips');
    notify(t('trip.deleted'), () => void restore(correction_id).catch((error) => notify(explain(error, t))));
  };
  const restore = async (correction: string) => {
    await ask(`/v1/corrections/${correction}`, { method: 'DELETE' });
    forgetTrips();
    navigate(`/trips/${trip_id}?vehicle=${encodeURIComponent(vehicle)}`);
    notify(t('trip.restored'));
  };
  return () => run(() => work().catch((error) => notify(explain(error, t))));
}

function EditDialog({ trip, onChanged, onClose }: TripHeaderProps & { readonly onClose: () => void }) {
  const { t } = useText();
  const save = async (values: FormData) => {
    const body = { name: `${values.get('name')}`.trim(), note: `${values.get('note')}`.trim() };
    await ask(`/v1/trips/${trip.trip_id}?vehicle=${encodeURIComponent(trip.vehicle)}`, { method: 'PATCH', body });
    forgetTrips();
    onChanged();
    onClose();
  };
  return (
    <Dialog title={t('trip.edit')} onClose={onClose}>
      <Form submit={t('common.save')} onSubmit={save}>
        <Field label={t('common.name')} name="name" value={trip.name ?? ''} maxLength={100} />
        <Field label={t('trip.note')} name="note" value={trip.note ?? ''} maxLength={2_000} rows={4} />
      </Form>
    </Dialog>
  );
}
