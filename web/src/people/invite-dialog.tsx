/** Invites somebody: who, and what they may see; then shows their link. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import type { Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { useText } from '../text/use-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { LinkToHand } from './link-to-hand.tsx';

interface InviteDialogProps {
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function InviteDialog({ onClose, onChanged }: InviteDialogProps) {
  const { t } = useText();
  const { data } = useData<{ vehicles: readonly Vehicle[] }>('/v1/vehicles');
  const [made, setMade] = useState<{ name: string; url: string } | null>(null);
  const invite = async (values: FormData) => {
    const name = `${values.get('name')}`.trim();
    const chosen = values.getAll('vehicle').map(String);
    const isAdmin = values.has('admin');
    const body = { name, role: isAdmin ? 'admin' : 'viewer', vehicles: isAdmin || values.has('all') ? '*' : chosen };
    const { signin_url } = await ask<{ signin_url: string }>('/v1/people', { method: 'POST', body });
    setMade({ name, url: signin_url });
    onChanged();
  };
  if (made !== null) {
    return (
      <Dialog isOnce title={t('people.link', { name: made.name })} onClose={onClose}>
        <LinkToHand url={made.url} text={t('people.linkText')} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t('people.invite')} onClose={onClose}>
      <Form submit={t('people.invite')} onSubmit={invite}>
        <Field label={t('common.name')} name="name" maxLength={64} required />
        <VehicleChecks vehicles={data?.vehicles ?? []} />
        <label className="check">
          <input type="checkbox" name="admin" />
          {t('people.admin')}
        </label>
      </Form>
    </Dialog>
  );
}

/** All of them, or some; the server refuses none. */
function VehicleChecks({ vehicles }: { readonly vehicles: readonly Vehicle[] }) {
  const { t } = useText();
  const [all, setAll] = useState(true);
  return (
    <fieldset className="fieldset">
      <legend>{t('people.which')}</legend>
      <label className="check">
        <input type="checkbox" name="all" checked={all} onChange={(event) => setAll(event.target.checked)} />
        {t('common.allVehicles')}
      </label>
      {!all &&
        vehicles.map(({ vehicle, name }) => (
          <label key={vehicle} className="check">
            <input type="checkbox" name="vehicle" value={vehicle} />
            {name ?? vehicle}
          </label>
        ))}
    </fieldset>
  );
}
