/** Before the first event: how to connect a car. */

import { Link } from '../shell/router.tsx';
import { useIsAdmin } from '../shell/session.ts';
import { useText } from '../text/use-text.ts';
import { Page } from '../ui/page.tsx';

export function StartPage() {
  const { t } = useText();
  const isAdmin = useIsAdmin();
  return (
    <Page title={t(isAdmin ? 'start.title' : 'live.title')}>
      <section className="card start">
        <p>{t(isAdmin ? 'start.text' : 'start.none')}</p>
        {isAdmin && (
          <Link className="button primary" href="/vehicles?open=vehicle">
            {t('start.add')}
          </Link>
        )}
      </section>
      <section className="card start">
        <p>{t('start.demoText')}</p>
        <Link className="button" href="/demo">
          {t('start.demo')}
        </Link>
      </section>
    </Page>
  );
}
