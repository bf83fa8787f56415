/** Which page an address shows, and to whom. */
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import type { WhoAmI } from './api/types.ts';
import { useData } from './api/use-data.ts';
import { DEMO } from './demo/replay.ts';
import { LivePage } from './live/live-page.tsx';
import { CrashGuard } from './shell/crash-guard.tsx';
import { Frame } from './shell/frame.tsx';
import { Link, usePath } from './shell/router.tsx';
import { WhoContext } from './shell/session.ts';
import { SignInPage } from './shell/sign-in-page.tsx';
import { useText } from './text/use-text.ts';
import { TripsPage } from './trips/trips-page.tsx';
import { Failure } from './ui/failure.tsx';
import { Notices } from './ui/notices.tsx';
import { Page } from './ui/page.tsx';
import { Skeleton } from './ui/skeleton.tsx';

const TripPage = lazy(() => import('./trip/trip-page.tsx').then((module) => ({ default: module.TripPage })));
const DemoLivePage = lazy(() => import('./demo/demo-pages.tsx').then((m) => ({ default: m.DemoLivePage })));
const DemoTripPage = lazy(() => import('./demo/demo-pages.tsx').then((m) => ({ default: m.DemoTripPage })));
const VehiclesPage = lazy(() => import('./vehicles/vehicles-page.tsx').then((m) => ({ default: m.VehiclesPage })));
const PeoplePage = lazy(() => import('./people/people-page.tsx').then((module) => ({ default: module.PeoplePage })));
const SettingsPage = lazy(() => import('./system/settings-page.tsx').then((m) => ({ default: m.SettingsPage })));
const SystemPage = lazy(() => import('./system/system-page.tsx').then((module) => ({ default: module.SystemPage })));

export function App() {
  const { language } = useText();
  const { data: who, error, reload } = useData<WhoAmI>('/v1/session');
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  if (who === undefined) return <Entrance error={error} onRetry={reload} />;
  return (
    <WhoContext value={who}>
      <Frame>
        <CrashGuard>
          <Suspense fallback={<Skeleton height={96} count={4} />}>
            <CurrentPage isAdmin={who.role === 'admin'} />
          </Suspense>
        </CrashGuard>
      </Frame>
      <Notices />
    </WhoContext>
  );
}

function Entrance({ error, onRetry }: { readonly error: { slug: string } | undefined; readonly onRetry: () => void }) {
  if (error === undefined) return null;
  return error.slug === 'unauthorized' ? <SignInPage /> : <Failure error={error} onRetry={onRetry} />;
}

const PAGES: Readonly<Record<string, () => ReactNode>> = {
  '/': () => <LivePage />,
  '/demo': () => <DemoLivePage />,
  '/trips': () => <TripsPage />,
  [`/trips/${DEMO}`]: () => <DemoTripPage />,
  '/settings': () => <SettingsPage />,
};

const ADMIN_PAGES: typeof PAGES = {
  '/vehicles': () => <VehiclesPage />,
  '/people': () => <PeoplePage />,
  '/system': () => <SystemPage />,
};

function CurrentPage({ isAdmin }: { readonly isAdmin: boolean }) {
  const { t } = useText();
  const path = usePath();
  const page = PAGES[path] ?? (isAdmin ? ADMIN_PAGES[path] : undefined);
  if (page !== undefined) return page();
  const tripId = /^\/trips\/([^/]+)$/.exec(path)?.[1];
  if (tripId !== undefined) return <TripPage key={tripId} tripId={tripId} />;
  return (
    <Page title={t('error.page')}>
      <Link className="button" href="/">
        {t('nav.live')}
      </Link>
    </Page>
  );
}
