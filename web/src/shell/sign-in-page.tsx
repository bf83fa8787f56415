/** For somebody of whom nothing is known: how to get in. */
import { useText } from '../text/use-text.ts';
import { CopyLines } from '../ui/copy-lines.tsx';
import { useTitle } from '../ui/page.tsx';

export function SignInPage() {
  const { t } = useText();
  useTitle(t('signin.title'));
  return (
    <main className="sign-in">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>Fleet Telemetry</h1>
      <p>{t('signin.text')}</p>
      <CopyLines label={t('signin.title')} lines="npx fleet signin" />
      <p>{t('signin.invited')}</p>
    </main>
  );
}
