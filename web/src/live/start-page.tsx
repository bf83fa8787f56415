/** Before the first event: how to connect a car. */

import { Link } from '../shell/router.tsx';
import { useIsAdmin } from '../shell/session.ts';
import { useText } from '../text/use-text.ts';
import { CopyLines } from '../ui/copy-lines.tsx';
import { Page } from '../ui/page.tsx';

export function StartPage() {
  const { t } = useText();
  const isAdmin = useIsAdmin();
  if (!isAdmin) return <p className="empty">{t('start.none')}</p>;
  return (
    <Page title={t('start.title')}>
      <section className="card start">
        <p>{t('start.text')}</p>
        <Link className="button primary" href="/vehicles?add=vehicle">
          {t('start.add')}
        </Link>
      </section>
      <section className="card start">
        <p>{t('start.demoText')}</p>
        <CopyLines label={t('start.demo')} lines="npm run demo" />
      </section>
    </Page>
  );
}
