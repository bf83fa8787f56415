/** How the server is: what is stored, how it grows, backups, and what could not be taken. */
import { useEffect, useState } from 'react';
import { ask } from '../api/client.ts';
import type { SystemState, TripPage } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { Link } from '../shell/router.tsx';
import { useText, type Wording } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { Icon } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { DeadLetters } from './dead-letters.tsx';

const LOOK_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
const WEEK = 7;

export function SystemPage() {
  const { t } = useText();
  const { data, error, reload } = useData<SystemState>('/v1/system', LOOK_EVERY_MS);
  const back = (
    <Link className="button icon-button" href="/settings" aria-label={t('settings.title')}>
      <Icon name="back" />
    </Link>
  );
  return (
    <Page title={t('system.title')} before={back}>
      <div className="stack">
        {error !== undefined && <Failure error={error} onRetry={reload} />}
        {data === undefined ? error === undefined && <Skeleton height={280} /> : <Health system={data} />}
        <DeadLetters />
      </div>
    </Page>
  );
}

function Health({ system }: { readonly system: SystemState }) {
  const wording = useText();
  const { t, format } = wording;
  const perDay = useEventsPerDay(system.now);
  const { version, uptime_s, stored_events, store_bytes, newest_ts, retention_s } = system;
  const bytesEach = stored_events > 0 ? store_bytes / stored_events : 0;
  const facts: readonly (readonly [string, string])[] = [
    [t('system.events'), format.number(stored_events)],
    [t('system.size'), format.bytes(store_bytes)],
    [t('system.perDay'), perDay === undefined ? '…' : format.number(perDay)],
    [t('system.growth'), perDay === undefined ? '…' : format.bytes(perDay * bytesEach)],
    [
      t('system.newest'),
      newest_ts === null ? t('common.never') : format.age(Date.parse(system.now) - Date.parse(newest_ts)),
    ],
    [
      t('system.retention'),
      retention_s === null ? t('system.forEver') : t('system.days', { count: retention_s / 86_400 }),
    ],
    [t('system.backup'), backupText(system, wording)],
    [t('system.uptime'), format.duration(uptime_s)],
    [t('system.version'), version],
  ];
  return (
    <section className="card" aria-label={t('system.title')}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
      {system.backup !== null && system.backup.fault !== null && (
        <p className="failure">{t('system.backupFault', { fault: system.backup.fault })}</p>
      )}
    </section>
  );
}

function backupText({ backup, now }: SystemState, { t, format }: Wording): string {
  if (backup === null) return t('system.noBackup');
  return backup.verified_at === null ? t('common.never') : format.age(Date.parse(now) - Date.parse(backup.verified_at));
}

/** By the trips that began in the last week. */
function useEventsPerDay(now: string): number | undefined {
  const today = Math.floor(Date.parse(now) / DAY_MS) * DAY_MS;
  const [perDay, setPerDay] = useState<number>();
  useEffect(() => {
    const controller = new AbortController();
    countEvents(new Date(today - (WEEK - 1) * DAY_MS).toISOString(), controller.signal)
      .then((count) => setPerDay(Math.round(count / WEEK)))
      .catch(() => {});
    return () => controller.abort();
  }, [today]);
  return perDay;
}

async function countEvents(from: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ limit: '500', from, ...(cursor !== '' && { cursor }) });
    const page: TripPage = await ask<TripPage>(`/v1/trips?${query}`, { signal });
    count += page.trips.reduce((sum, { event_count }) => sum + event_count, 0);
    cursor = page.next_cursor;
  }
  return count;
}
