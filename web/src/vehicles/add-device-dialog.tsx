/** Gives a vehicle a device: asks what it is, then shows its key, this once. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import { useText } from '../text/use-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, Field, Form } from '../ui/form.tsx';
import { APPS } from './apps.ts';
import { type DeviceWithKey, KeyToHand } from './key-to-hand.tsx';

interface AddDeviceDialogProps {
  readonly vehicle: string;
  /** The vehicle's, for people. */
  readonly name: string;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function AddDeviceDialog({ vehicle, name, onClose, onChanged }: AddDeviceDialogProps) {
  const { t } = useText();
  const [made, setMade] = useState<DeviceWithKey | null>(null);
  const add = async (values: FormData) => {
    const app = `${values.get('app')}`;
    const body = { name: `${values.get('name')}`.trim(), vehicles: [vehicle], ...(app !== '' && { app }) };
    setMade(await ask<DeviceWithKey>('/v1/devices', { method: 'POST', body }));
    onChanged();
  };
  const title = made === null ? t('devices.addFor', { vehicle: name }) : t('devices.key', { name: made.device.name });
  return (
    <Dialog isOnce={made !== null} title={title} onClose={onClose}>
      {made === null ? (
        <Form submit={t('devices.add')} onSubmit={add}>
          <Field label={t('devices.name')} name="name" maxLength={64} required />
          <Choice label={t('devices.app')} name="app" value="" options={[['', t('devices.own')], ...APPS]} />
        </Form>
      ) : (
        <KeyToHand made={made} vehicle={vehicle} />
      )}
    </Dialog>
  );
}
