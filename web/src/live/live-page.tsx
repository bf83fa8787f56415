/** Where the vehicles are now. */
import { lazy, Suspense } from 'react';
import type { Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { navigate, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { useTitle } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useNow } from '../ui/use-now.ts';
import { StartPage } from './start-page.tsx';
import { type Live, useLive } from './use-live.ts';
import { VehicleCard } from './vehicle-card.tsx';
import { VehicleDetail } from './vehicle-detail.tsx';

const LiveMap = lazy(() => import('./live-map.tsx').then((module) => ({ default: module.LiveMap })));

/** How often the list is asked for: a vehicle that sends for the first time comes by the live stream. */
const LOOK_EVERY_MS = 30_000;

export function LivePage() {
  const { t } = useText();
  useTitle(t('live.title'));
  const { data, error, reload } = useData<{ vehicles: readonly Vehicle[] }>('/v1/vehicles', LOOK_EVERY_MS);
  const live = useLive();
  if (data === undefined && error !== undefined) return <Failure error={error} onRetry={reload} />;
  if (data === undefined) return <Skeleton height={72} count={3} />;
  const isEmpty = live.vehicles.size === 0 && data.vehicles.every(({ last_ts }) => last_ts === null);
  if (isEmpty) return <StartPage />;
  return <LiveView vehicles={data.vehicles} live={live} />;
}

function LiveView({ vehicles, live }: { readonly vehicles: readonly Vehicle[]; readonly live: Live }) {
  const { t } = useText();
  const now = useNow(1_000);
  const [query] = useQuery();
  const listed = mergedWith(vehicles, live);
  const chosen = listed.find(({ vehicle }) => vehicle === query.get('vehicle'));
  const choose = (vehicle: string | null) =>
    navigate(vehicle === null ? '/' : `/?vehicle=${encodeURIComponent(vehicle)}`);
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
