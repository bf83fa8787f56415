/** Makes a link that shows a vehicle, or one trip, to whoever has it. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import { useText } from '../text/use-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, Field, Form } from '../ui/form.tsx';
import { LinkToHand } from './link-to-hand.tsx';

const HOURS = ['1', '24', '168', '720'] as const;

interface ShareDialogProps {
  readonly vehicle: string;
  readonly tripId?: string;
  readonly onClose: () => void;
}

export function ShareDialog({ vehicle, tripId, onClose }: ShareDialogProps) {
  const { t } = useText();
  const [url, setUrl] = useState<string | null>(null);
  const make = async (values: FormData) => {
    const body = {
      vehicle,
      ...(tripId !== undefined && { trip_id: tripId }),
      label: `${values.get('label')}`,
      hours: Number(values.get('hours')),
    };
    setUrl((await ask<{ url: string }>('/v1/shares', { method: 'POST', body })).url);
  };
  if (url !== null) {
    return (
      <Dialog isOnce title={t('shares.link')} onClose={onClose}>
        <LinkToHand url={url} text={t('shares.text')} />
      </Dialog>
    );
  }
  return (
    <Dialog title={tripId === undefined ? t('shares.add') : t('trip.share')} onClose={onClose}>
      <p>{tripId === undefined ? t('shares.vehicle', { vehicle }) : t('trip.shareText')}</p>
      <Form submit={t('trip.shareMake')} onSubmit={make}>
        <Choice
          label={t('trip.shareFor')}
          name="hours"
          value="24"
          options={HOURS.map((hours) => [hours, t(`hours.${hours}`)])}
        />
        <Field label={t('common.name')} name="label" maxLength={100} />
      </Form>
    </Dialog>
  );
}
