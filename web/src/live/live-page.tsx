/** Where the vehicles are now. */
import type { Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { Page, useTitle } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { LiveView } from './live-view.tsx';
import { StartPage } from './start-page.tsx';
import { useLive } from './use-live.ts';

/** How often the list is asked for: a vehicle that sends for the first time comes by the live stream. */
const LOOK_EVERY_MS = 30_000;

export function LivePage() {
  const { t } = useText();
  useTitle(t('live.title'));
  const { data, error, reload } = useData<{ vehicles: readonly Vehicle[] }>('/v1/vehicles', LOOK_EVERY_MS);
  const live = useLive();
  if (data === undefined && error !== undefined) {
    return (
      <Page title={t('live.title')}>
        <Failure error={error} onRetry={reload} />
      </Page>
    );
  }
  if (data === undefined) return <Skeleton height={72} count={3} />;
  const isEmpty = live.vehicles.size === 0 && data.vehicles.every(({ last_ts }) => last_ts === null);
  if (isEmpty) return <StartPage />;
  return <LiveView vehicles={data.vehicles} live={live} />;
}
