/** How things are shown, who is signed in, and the ways to the rest. */
import { useState } from 'react';
import { ask, shareKey } from '../api/client.ts';
import type { Correction } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { type Preferences, setPreferences, usePreferences } from '../shell/preferences.ts';
import { Link } from '../shell/router.tsx';
import { signOut, useIsAdmin, useWho } from '../shell/session.ts';
import { useText } from '../text/use-text.ts';
import { forgetTrips } from '../trips/trip-pages.ts';
import { Failure } from '../ui/failure.tsx';
import { Choice } from '../ui/form.tsx';
import { notify } from '../ui/notices.tsx';
import { Page } from '../ui/page.tsx';
import { useAction } from '../ui/use-action.ts';

/** How long a deleted trip can be brought back, milliseconds. */
const UNDO_MS = 86_400_000;

export function SettingsPage() {
  const { t } = useText();
  const { name } = useWho();
  const isAdmin = useIsAdmin();
  const { error, run } = useAction();
  return (
    <Page title={t('settings.title')}>
      <div className="stack">
        <View />
        <section className="card" aria-label={t('settings.who', { name })}>
          <p>{t('settings.who', { name })}</p>
          {error !== undefined && <Failure error={error} />}
          <div className="actions">
            {isAdmin && (
              <Link className="button" href="/system">
                {t('settings.system')}
              </Link>
            )}
            <a className="button" href="/docs">
              {t('settings.api')}
            </a>
            {shareKey() === null && (
              <button type="button" onClick={() => run(signOut)}>
                {t('settings.signOut')}
              </button>
            )}
          </div>
        </section>
        {isAdmin && <DeletedTrips />}
      </div>
    </Page>
  );
}

function View() {
  const { t } = useText();
  const { theme, units, language } = usePreferences();
  const set =
    <K extends keyof Preferences>(name: K) =>
    (value: string) =>
      setPreferences({ [name]: value as Preferences[K] });
  return (
    <section className="card" aria-labelledby="view">
      <h2 id="view">{t('settings.view')}</h2>
      <div className="settings">
        <Choice
          label={t('settings.theme')}
          value={theme}
          options={[
            ['system', t('settings.theme.system')],
            ['light', t('settings.theme.light')],
            ['dark', t('settings.theme.dark')],
          ]}
          onChange={set('theme')}
        />
        <Choice
          label={t('settings.units')}
          value={units}
          options={[
            ['metric', t('settings.units.metric')],
            ['imperial', t('settings.units.imperial')],
          ]}
          onChange={set('units')}
        />
        <Choice
          label={t('settings.language')}
          value={language}
          options={[
            ['system', t('settings.language.system')],
            ['en', 'English'],
            ['de', 'Deutsch'],
          ]}
          onChange={set('language')}
        />
      </div>
    </section>
  );
}

function DeletedTrips() {
  const { t, format } = useText();
  const { data, reload } = useData<{ corrections: readonly Correction[] }>('/v1/corrections');
  const [now] = useState(Date.now);
  const { error, run } = useAction();
  const deleted = (data?.corrections ?? []).filter(
    ({ kind, made_at }) => kind === 'delete' && now - Date.parse(made_at) < UNDO_MS,
  );
  if (deleted.length === 0) return null;
  const restore = (id: string) =>
    run(async () => {
      await ask(`/v1/corrections/${encodeURIComponent(id)}`, { method: 'DELETE' });
      forgetTrips();
      notify(t('trip.restored'));
      reload();
    });
  return (
    <section className="card" aria-labelledby="deleted">
      <h2 id="deleted">{t('settings.deleted')}</h2>
      <p className="soft">{t('settings.deletedText')}</p>
      {error !== undefined && <Failure error={error} />}
      <ul className="plain rows">
        {deleted.map(({ id, vehicle, from }) => (
          <li key={id} className="row">
            <div>
              <strong>{vehicle}</strong>
              <span className="soft">{format.dayAndClock(from)}</span>
            </div>
            <button type="button" onClick={() => restore(id)}>
              {t('settings.bringBack')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
