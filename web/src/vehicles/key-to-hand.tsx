/** A device's key, which is shown this once, with how to use it: an app's steps, or lines for something of one's own. */
import type { Device } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import { CopyLines } from '../ui/copy-lines.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { ReachNote } from '../ui/reach-note.tsx';
import { type AppSetup, AppSteps } from './app-steps.tsx';
import { WAYS } from './connections.ts';

export interface DeviceWithKey {
  readonly device: Device;
  readonly key: string;
  /** For an app or a dongle that the server knows. */
  readonly setup?: AppSetup;
}

interface KeyToHandProps {
  readonly made: DeviceWithKey;
  readonly vehicle: string;
}

export function KeyToHand({ made, vehicle }: KeyToHandProps) {
  const { t } = useText();
  const { device, key, setup } = made;
  return (
    <>
      <p>{t('devices.keyOnce')}</p>
      <ReachNote url={setup?.url ?? location.origin} />
      {setup === undefined ? (
        <>
          <CopyLines label={t('devices.key', { name: device.name })} lines={key} />
          <OwnWays vehicle={vehicle} deviceKey={key} />
        </>
      ) : (
        <AppSteps setup={setup} deviceKey={key} />
      )}
    </>
  );
}

function OwnWays({ vehicle, deviceKey }: { readonly vehicle: string; readonly deviceKey: string }) {
  const { t } = useText();
  const connection = { url: location.origin, vehicle, key: deviceKey };
  return (
    <>
      {WAYS.map(({ label, lines }) => (
        <CopyLines key={label} label={t(label)} lines={lines(connection)} />
      ))}
      <p className="soft">{t('devices.qr')}</p>
      <QrCode text={JSON.stringify(connection)} label={t('devices.qr')} />
    </>
  );
}
