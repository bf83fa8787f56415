/** How an app or a dongle is connected: a code for the phone's camera, the address, and what to do in the app. */
import { useData } from '../api/use-data.ts';
import { useText } from '../text/use-text.ts';
import { CopyLines } from '../ui/copy-lines.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

/** As the API has it. */
export interface AppSetup {
  /** Its name, see `apps.ts`. */
  readonly app: string;
  readonly title: string;
  readonly url: string;
  readonly steps: readonly string[];
  /** Opens the app and sets it up, where the app has such links. */
  readonly link: string | null;
}

export function AppSteps({ setup, deviceKey }: { readonly setup: AppSetup; readonly deviceKey: string }) {
  const { t } = useText();
  const { title, url, link } = setup;
  const steps = useSteps(setup, deviceKey);
  if (steps === undefined) return <Skeleton height={360} />;
  return (
    <>
      <CopyLines label={t('devices.address', { app: title })} lines={url} />
      <ol className="steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {link !== null && (
        <a className="button" href={link}>
          {t('devices.openApp', { app: title })}
        </a>
      )}
      <QrCode text={link ?? url} label={t('devices.appCode', { app: title })} />
    </>
  );
}

/** The steps in the language of the page, as far as they are translated: `public/texts`. The API speaks English. */
function useSteps({ app, steps }: AppSetup, deviceKey: string): readonly string[] | undefined {
  const { language } = useText();
  const path = language === 'en' ? null : `/texts/app-steps-${language}.json`;
  const { data, error } = useData<Readonly<Record<string, readonly string[]>>>(path);
  if (path !== null && data === undefined && error === undefined) return undefined;
  return data?.[app]?.map((step) => step.replace('{key}', deviceKey)) ?? steps;
}
