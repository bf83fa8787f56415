/** A device's key, which is shown this once, with lines that use it. */
import type { Device } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import { CopyLines } from '../ui/copy-lines.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { WAYS } from './connections.ts';

export interface DeviceWithKey {
  readonly device: Device;
  readonly key: string;
}

export function KeyToHand({
  made: { device, key },
  vehicle,
}: {
  readonly made: DeviceWithKey;
  readonly vehicle: string;
}) {
  const { t } = useText();
  const connection = { url: location.origin, vehicle, key };
  return (
    <>
      <p>{t('devices.keyOnce')}</p>
      <CopyLines label={t('devices.key', { name: device.name })} lines={key} />
      {WAYS.map(({ label, lines }) => (
        <CopyLines key={label} label={t(label)} lines={lines(connection)} />
      ))}
      <p className="soft">{t('devices.qr')}</p>
      <QrCode text={JSON.stringify(connection)} label={t('devices.qr')} />
    </>
  );
}
