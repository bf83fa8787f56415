/** Which trips are listed; every choice is in the address. */
import type { Vehicle } from '../api/types.ts';
import { patchQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Choice } from '../ui/form.tsx';
import type { TripFilter } from './filter.ts';

interface TripFilterBarProps {
  readonly filter: TripFilter;
  readonly vehicles: readonly Vehicle[];
}

export function TripFilterBar({ filter, vehicles }: TripFilterBarProps) {
  const { t } = useText();
  const { vehicle, from, to } = filter;
  const options = vehicles.map((each) => [each.vehicle, each.name ?? each.vehicle] as const);
  const unlisted = vehicle !== null && !vehicles.some((each) => each.vehicle === vehicle);
  return (
    <search className="trip-filter">
      <Choice
        label={t('common.vehicle')}
        value={vehicle ?? ''}
        options={[['', t('common.allVehicles')], ...options, ...(unlisted ? ([[vehicle, vehicle]] as const) : [])]}
        onChange={(value) => patchQuery({ vehicle: value })}
      />
      <Day label={t('trips.from')} value={from} onChange={(day) => patchQuery({ from: day })} />
      <Day label={t('trips.to')} value={to} onChange={(day) => patchQuery({ to: day })} />
      {(vehicle ?? from ?? to) !== null && (
        <button type="button" onClick={() => patchQuery({ vehicle: null, from: null, to: null })}>
          {t('trips.clear')}
        </button>
      )}
    </search>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (day: string) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <div className="field">
      <label>
        {label}
        <input type="date" value={value ?? ''} onChange={(event) => onChange(event.target.value)} />
      </label>
    </div>
  );
}
