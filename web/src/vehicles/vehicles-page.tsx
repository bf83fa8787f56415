/** The vehicles, and the devices that speak for them. */
import { ask } from '../api/client.ts';
import type { Device, Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { ShareDialog } from '../people/share-dialog.tsx';
import { Link, useOpen } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/failure.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Icon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useNow } from '../ui/use-now.ts';
import { AddDeviceDialog } from './add-device-dialog.tsx';
import { DeviceRow } from './device-row.tsx';

const LOOK_EVERY_MS = 10_000;

export function VehiclesPage() {
  const { t } = useText();
  const vehicles = useData<{ vehicles: readonly Vehicle[] }>('/v1/vehicles', LOOK_EVERY_MS);
  const devices = useData<{ devices: readonly Device[] }>('/v1/devices', LOOK_EVERY_MS);
  const [open, setOpen] = useOpen();
  const reload = () => {
    vehicles.reload();
    devices.reload();
  };
  const error = vehicles.error ?? devices.error;
  const add = (
    <button type="button" className="primary" onClick={() => setOpen('vehicle')}>
      <Icon name="plus" />
      {t('vehicles.add')}
    </button>
  );
  return (
    <Page title={t('vehicles.title')} actions={add}>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {vehicles.data && devices.data ? (
        <VehicleList vehicles={vehicles.data.vehicles} devices={devices.data.devices} onChanged={reload} />
      ) : (
        error === undefined && <Skeleton height={140} count={2} />
      )}
      {open === 'vehicle' && <VehicleDialog onClose={() => setOpen(null)} onChanged={reload} />}
    </Page>
  );
}

interface VehicleListProps {
  readonly vehicles: readonly Vehicle[];
  readonly devices: readonly Device[];
  readonly onChanged: () => void;
}

function VehicleList({ vehicles, devices, onChanged }: VehicleListProps) {
  const { t } = useText();
  const only = (device: Device) =>
    device.vehicles !== '*' && device.vehicles.length === 1 ? device.vehicles[0] : undefined;
  const mine = ({ vehicle, aliases }: Vehicle) =>
    devices.filter((device) => [vehicle, ...aliases].includes(only(device) ?? ''));
  const homeless = devices.filter((device) => !vehicles.some((vehicle) => mine(vehicle).includes(device)));
  return (
    <div className="stack">
      {vehicles.length === 0 && <p className="empty">{t('vehicles.none')}</p>}
      {vehicles.map((vehicle) => (
        <VehicleSection key={vehicle.vehicle} vehicle={vehicle} devices={mine(vehicle)} onChanged={onChanged} />
      ))}
      {homeless.length > 0 && (
        <section className="card" aria-labelledby="everywhere">
          <h2 id="everywhere">{t('devices.everywhere')}</h2>
          <ul className="plain rows">
            {homeless.map((device) => (
              <DeviceRow key={device.id} device={device} onChanged={onChanged} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface VehicleSectionProps {
  readonly vehicle: Vehicle;
  readonly devices: readonly Device[];
  readonly onChanged: () => void;
}

function VehicleSection({ vehicle, devices, onChanged }: VehicleSectionProps) {
  const { t, format } = useText();
  const now = useNow(10_000);
  const [open, setOpen] = useOpen();
  const { vehicle: id, name, aliases, last_ts } = vehicle;
  const close = () => setOpen(null);
  const seen = last_ts === null ? t('live.never') : t('live.offline', { age: format.age(now - Date.parse(last_ts)) });
  const names = [...(name === null ? [] : [id]), ...aliases];
  return (
    <section className="card" aria-labelledby={`vehicle-${id}`}>
      <div>
        <h2 id={`vehicle-${id}`}>{name ?? id}</h2>
        <p className="soft">
          {[seen, ...(names.length > 0 ? [t('vehicles.alias', { names: names.join(', ') })] : [])].join(' · ')}
        </p>
      </div>
      {devices.length === 0 ? (
        <p className="soft">{t('devices.none')}</p>
      ) : (
        <ul className="plain rows">
          {devices.map((device) => (
            <DeviceRow key={device.id} device={device} onChanged={onChanged} />
          ))}
        </ul>
      )}
      <div className="actions">
        <button
          type="button"
          aria-label={t('devices.addFor', { vehicle: name ?? id })}
          onClick={() => setOpen(`device:${id}`)}
        >
          <Icon name="plus" />
          {t('devices.add')}
        </button>
        <button type="button" onClick={() => setOpen(`rename:${id}`)}>
          {t('vehicles.rename')}
        </button>
        <button type="button" onClick={() => setOpen(`share:${id}`)}>
          {t('trip.share')}
        </button>
        <Link className="button" href={`/trips?vehicle=${encodeURIComponent(id)}`}>
          {t('vehicles.trips')}
        </Link>
      </div>
      {open === `rename:${id}` && <VehicleDialog vehicle={vehicle} onClose={close} onChanged={onChanged} />}
      {open === `device:${id}` && (
        <AddDeviceDialog vehicle={id} name={name ?? id} onClose={close} onChanged={onChanged} />
      )}
      {open === `share:${id}` && <ShareDialog vehicle={id} onClose={close} />}
    </section>
  );
}

interface VehicleDialogProps {
  /** The one to rename; a new one if not given. */
  readonly vehicle?: Vehicle;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function VehicleDialog({ vehicle, onClose, onChanged }: VehicleDialogProps) {
  const { t } = useText();
  const save = async (values: FormData) => {
    const id = vehicle?.vehicle ?? `${values.get('id')}`.trim();
    const name = `${values.get('name')}`.trim();
    await ask(`/v1/vehicles/${encodeURIComponent(id)}`, { method: 'PUT', body: { name: name === '' ? null : name } });
    onChanged();
    onClose();
  };
  return (
    <Dialog title={t(vehicle === undefined ? 'vehicles.add' : 'vehicles.rename')} onClose={onClose}>
      <Form submit={t('common.save')} onSubmit={save}>
        {vehicle === undefined && (
          <Field
            label={t('vehicles.id')}
            name="id"
            hint={t('vehicles.idHint')}
            pattern="[A-Za-z0-9_\-]{1,64}"
            required
          />
        )}
        <Field label={t('vehicles.name')} name="name" value={vehicle?.name ?? ''} maxLength={100} />
      </Form>
    </Dialog>
  );
}
