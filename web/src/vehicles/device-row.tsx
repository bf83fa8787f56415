/** A device: when it was seen, and its keys. */
import { useState } from 'react';
import { ask } from '../api/client.ts';
import type { Device } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/failure.tsx';
import { notify } from '../ui/notices.tsx';
import { useAction } from '../ui/use-action.ts';
import { useNow } from '../ui/use-now.ts';
import { APPS } from './apps.ts';
import { type DeviceWithKey, KeyToHand } from './key-to-hand.tsx';

interface DeviceRowProps {
  readonly device: Device;
  readonly onChanged: () => void;
}

export function DeviceRow({ device, onChanged }: DeviceRowProps) {
  const { t, format } = useText();
  const now = useNow(10_000);
  const [made, setMade] = useState<DeviceWithKey | null>(null);
  const [revoking, setRevoking] = useState(false);
  const { error, run } = useAction();
  const path = `/v1/devices/${encodeURIComponent(device.id)}`;
  const { name, role, vehicles, app, last_seen_at, keys } = device;
  const seen =
    last_seen_at === null
      ? t('devices.unseen')
      : t('devices.seen', { age: format.age(now - Date.parse(last_seen_at)) });
  const title = APPS.find(([known]) => known === app)?.[1];
  const facts = [
    ...(title === undefined ? [] : [title]),
    seen,
    t(`role.${role}`),
    ...(keys.length > 1 ? [t('devices.twoKeys')] : []),
  ];
  const act = (method: 'POST' | 'DELETE', what: string, then?: (answer: DeviceWithKey) => void) =>
    run(async () => {
      const answer = await ask<DeviceWithKey>(path + what, { method });
      then?.(answer);
      onChanged();
    });
  return (
    <li className="row">
      <div>
        <strong>{name}</strong>
        <span className="soft">{facts.join(' · ')}</span>
      </div>
      <div className="actions">
        <button type="button" onClick={() => act('POST', '/rotate', setMade)}>
          {t('devices.rotate')}
        </button>
        {keys.length > 1 && (
          <button type="button" onClick={() => act('POST', '/revoke-old-keys')}>
            {t('devices.endOld')}
          </button>
        )}
        <button type="button" className="danger" onClick={() => setRevoking(true)}>
          {t('common.revoke')}
        </button>
      </div>
      {error !== undefined && <Failure error={error} />}
      {made && (
        <Dialog isOnce title={t('devices.key', { name })} onClose={() => setMade(null)}>
          <KeyToHand made={made} vehicle={vehicles === '*' ? 'golf' : (vehicles[0] ?? '')} />
        </Dialog>
      )}
      {revoking && (
        <ConfirmDialog
          title={t('common.revoke')}
          text={t('devices.revokeAsk', { name })}
          onClose={() => setRevoking(false)}
          onConfirm={async () => {
            await ask(path, { method: 'DELETE' });
            notify(t('devices.revoked', { name }));
            onChanged();
          }}
        />
      )}
    </li>
  );
}
