/** Gives a vehicle a device: asks for its name, then shows its key, this once. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import { useText } from '../text/use-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { type DeviceWithKey, KeyToHand } from './key-to-hand.tsx';

interface AddDeviceDialogProps {
  readonly vehicle: string;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function AddDeviceDialog({ vehicle, onClose, onChanged }: AddDeviceDialogProps) {
  const { t } = useText();
  const [made, setMade] = useState<DeviceWithKey | null>(null);
  const add = async (values: FormData) => {
    const body = { name: `${values.get('name')}`.trim(), vehicles: [vehicle] };
    setMade(await ask<DeviceWithKey>('/v1/devices', { method: 'POST', body }));
    onChanged();
  };
  const title = made === null ? t('devices.addFor', { vehicle }) : t('devices.key', { name: made.device.name });
  return (
    <Dialog title={title} onClose={onClose}>
      {made === null ? (
        <Form submit={t('devices.add')} onSubmit={add}>
          <Field label={t('devices.name')} name="name" maxLength={64} required />
        </Form>
      ) : (
        <KeyToHand made={made} vehicle={vehicle} />
      )}
    </Dialog>
  );
}
