/** Vehicles on a map, and beside it: a list of them, or the one that was chosen. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { Vehicle } from '../api/types.ts';
import { navigate, usePath, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { useNow } from '../ui/use-now.ts';
import type { Live } from './use-live.ts';
import { VehicleCard } from './vehicle-card.tsx';
import { VehicleDetail } from './vehicle-detail.tsx';

const LiveMap = lazy(() => import('./live-map.tsx').then((module) => ({ default: module.LiveMap })));

interface LiveViewProps {
  readonly vehicles: readonly Vehicle[];
  readonly live: Live;
  /** Said above the vehicles. */
  readonly notice?: ReactNode;
}

export function LiveView({ vehicles, live, notice }: LiveViewProps) {
  const { t } = useText();
  const now = useNow(1_000);
  const path = usePath();
  const [query] = useQuery();
  const listed = mergedWith(vehicles, live);
  const chosen = listed.find(({ vehicle }) => vehicle === query.get('vehicle'));
  const choose = (vehicle: string | null) =>
    navigate(vehicle === null ? path : `${path}?vehicle=${encodeURIComponent(vehicle)}`);
  return (
    <div className="live">
      <h1 className="hidden">{t('live.title')}</h1>
      <div className="live-map">
        <Suspense fallback={<div className="map-place" />}>
          <LiveMap
            vehicles={live.vehicles}
            names={namesOf(listed)}
            chosen={chosen?.vehicle ?? null}
            now={now}
            onChoose={choose}
          />
        </Suspense>
        {live.connection !== 'open' && (
          <p className="live-connection" role="status">
            {t(live.connection === 'lost' ? 'live.lost' : 'live.connecting')}
          </p>
        )}
      </div>
      <section className="live-panel" aria-label={t('nav.vehicles')}>
        {notice}
        {chosen === undefined ? (
          listed.map((vehicle) => (
            <VehicleCard
              key={vehicle.vehicle}
              vehicle={vehicle}
              live={live.vehicles.get(vehicle.vehicle)}
              now={now}
              onChoose={choose}
            />
          ))
        ) : (
          <VehicleDetail
            key={chosen.vehicle}
            vehicle={chosen}
            live={live.vehicles.get(chosen.vehicle)}
            now={now}
            onClose={() => choose(null)}
          />
        )}
      </section>
    </div>
  );
}

/** Those of the list, and those that appeared since. */
function mergedWith(vehicles: readonly Vehicle[], { vehicles: live }: Live): readonly Vehicle[] {
  const known = new Set(vehicles.map(({ vehicle }) => vehicle));
  const added = [...live.values()].filter(({ latest }) => !known.has(latest.vehicle));
  return [
    ...vehicles,
    ...added.map(({ latest: { vehicle, name, ts } }) => ({ vehicle, name, aliases: [], last_ts: ts })),
  ];
}

function namesOf(vehicles: readonly Vehicle[]): ReadonlyMap<string, string> {
  return new Map(vehicles.map(({ vehicle, name }) => [vehicle, name ?? vehicle]));
}
