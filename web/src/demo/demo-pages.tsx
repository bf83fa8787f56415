/** A recorded drive on the pages for real ones, for whoever has none yet: played in the browser, stored nowhere. */
import type { ReactNode } from 'react';
import type { TripDetail, TripEvent, Vehicle, WhoAmI } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { LiveView } from '../live/live-view.tsx';
import { Link } from '../shell/router.tsx';
import { WhoContext } from '../shell/session.ts';
import type { MessageKey } from '../text/translate.ts';
import { useText } from '../text/use-text.ts';
import { TripView } from '../trip/trip-view.tsx';
import { Failure } from '../ui/failure.tsx';
import { useTitle } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { DEMO } from './replay.ts';
import { useReplay } from './use-replay.ts';

const VEHICLES: readonly Vehicle[] = [{ vehicle: DEMO, name: 'Demo', aliases: [], last_ts: null }];
/** Nobody changes or shares the demo. */
const VISITOR: WhoAmI = { name: DEMO, role: 'viewer', vehicles: [DEMO], trip_id: DEMO };

/** The drive on the live map. */
export function DemoLivePage() {
  const { t } = useText();
  useTitle(t('demo.title'));
  const { data, error, reload } = useEvents();
  const vehicles = useReplay(data?.events);
  if (error !== undefined) return <Failure error={error} onRetry={reload} />;
  const notice = <DemoNotice href={`/trips/${DEMO}`} label="demo.trip" />;
  return <LiveView vehicles={VEHICLES} live={{ vehicles, connection: 'open' }} notice={notice} />;
}

/** The drive as a trip. */
export function DemoTripPage() {
  const trip = useData<TripDetail>('/demo/trip.json');
  const events = useEvents();
  const failed = [trip, events].find(({ error }) => error !== undefined);
  if (failed !== undefined) return <Failure error={failed.error} onRetry={failed.reload} />;
  if (trip.data === undefined) return <Skeleton height={120} count={4} />;
  return (
    <WhoContext value={VISITOR}>
      <DemoNotice href="/demo" label="demo.live" />
      <TripView trip={trip.data} events={events.data?.events} onChanged={trip.reload} />
    </WhoContext>
  );
}

function useEvents() {
  return useData<{ events: readonly TripEvent[] }>('/demo/events.json');
}

function DemoNotice({ href, label }: { readonly href: string; readonly label: MessageKey }): ReactNode {
  const { t } = useText();
  return (
    <aside className="demo-notice">
      <p>{t('demo.text')}</p>
      <div className="actions">
        <Link className="button" href={href}>
          {t(label)}
        </Link>
        <Link className="button" href="/">
          {t('demo.leave')}
        </Link>
      </div>
    </aside>
  );
}
