/** Who may look, and links that show something to others. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import type { Person, Share } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { useOpen } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/failure.tsx';
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useAction } from '../ui/use-action.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { LinkToHand } from './link-to-hand.tsx';

export function PeoplePage() {
  const { t } = useText();
  const people = useData<{ people: readonly Person[] }>('/v1/people');
  const [open, setOpen] = useOpen();
  const invite = (
    <button type="button" className="primary" onClick={() => setOpen('invite')}>
      <Icon name="plus" />
      {t('people.invite')}
    </button>
  );
  return (
    <Page title={t('people.title')} actions={invite}>
      <div className="stack">
        {people.error !== undefined && <Failure error={people.error} onRetry={people.reload} />}
        {people.data === undefined ? (
          <Skeleton height={120} />
        ) : (
          <section className="card" aria-labelledby="people">
            <h2 id="people">{t('nav.people')}</h2>
            {people.data.people.length === 0 && <p className="soft">{t('people.none')}</p>}
            <ul className="plain rows">
              {people.data.people.map((person) => (
                <PersonRow key={person.id} person={person} onChanged={people.reload} />
              ))}
            </ul>
          </section>
        )}
        <Shares />
      </div>
      {open === 'invite' && <InviteDialog onClose={() => setOpen(null)} onChanged={people.reload} />}
    </Page>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly onChanged: () => void;
}

function PersonRow({ person: { id, name, role, vehicles }, onChanged }: PersonRowProps) {
  const { t } = useText();
  const [link, setLink] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const { error, run } = useAction();
  const path = `/v1/people/${encodeURIComponent(id)}`;
  const sees = vehicles === '*' ? t('people.seesAll') : t('people.sees', { vehicles: vehicles.join(', ') });
  return (
    <li className="row">
      <div>
        <strong>{name}</strong>
        <span className="soft">{role === 'admin' ? t('people.isAdmin') : sees}</span>
      </div>
      <div className="actions">
        <button
          type="button"
          onClick={() =>
            run(async () =>
              setLink((await ask<{ signin_url: string }>(`${path}/invite`, { method: 'POST' })).signin_url),
            )
          }
        >
          {t('people.newLink')}
        </button>
        <button type="button" className="danger" onClick={() => setRemoving(true)}>
          {t('people.remove')}
        </button>
      </div>
      {error !== undefined && <Failure error={error} />}
      {link !== null && (
        <Dialog isOnce title={t('people.link', { name })} onClose={() => setLink(null)}>
          <LinkToHand url={link} text={t('people.linkText')} />
        </Dialog>
      )}
      {removing && (
        <ConfirmDialog
          title={t('people.remove')}
          text={t('people.removeAsk', { name })}
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await ask(path, { method: 'DELETE' });
            notify(t('people.removed', { name }));
            onChanged();
          }}
        />
      )}
    </li>
  );
}

function Shares() {
  const { t, format } = useText();
  const { data, error, reload } = useData<{ shares: readonly Share[] }>('/v1/shares');
  const revoking = useAction();
  const revoke = (id: string) =>
    revoking.run(async () => {
      await ask(`/v1/shares/${encodeURIComponent(id)}`, { method: 'DELETE' });
      notify(t('shares.revoked'));
      reload();
    });
  const failed = error ?? revoking.error;
  return (
    <section className="card" aria-labelledby="shares">
      <h2 id="shares">{t('shares.title')}</h2>
      {failed !== undefined && <Failure error={failed} onRetry={reload} />}
      {data?.shares.length === 0 && <p className="soft">{t('shares.none')}</p>}
      <ul className="plain rows">
        {data?.shares.map(({ id, label, vehicles, trip_id, expires_at }) => (
          <li key={id} className="row">
            <div>
              <strong>{label}</strong>
              <span className="soft">
                {t(trip_id === null ? 'shares.vehicle' : 'shares.trip', { vehicle: vehicles.join(', ') })} ·{' '}
                {t('shares.until', { time: format.dayAndClock(expires_at) })}
              </span>
            </div>
            <button type="button" className="danger" onClick={() => revoke(id)}>
              {t('common.revoke')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
