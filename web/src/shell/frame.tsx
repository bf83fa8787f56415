/** The frame around every page: the way about, at the foot on phones and at the side on desks. */
import type { ReactNode } from 'react';
import type { MessageKey } from '../text/translate.ts';
import { useText } from '../text/use-text.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { CONTENT, Link, usePath } from './router.tsx';
import { useWho } from './session.ts';

interface Place {
  readonly href: string;
  readonly icon: IconName;
  readonly label: MessageKey;
  readonly adminOnly?: boolean;
}

const PLACES: readonly Place[] = [
  { href: '/', icon: 'live', label: 'nav.live' },
  { href: '/trips', icon: 'trips', label: 'nav.trips' },
  { href: '/vehicles', icon: 'vehicles', label: 'nav.vehicles', adminOnly: true },
  { href: '/people', icon: 'people', label: 'nav.people', adminOnly: true },
  { href: '/settings', icon: 'settings', label: 'nav.settings' },
];

export function Frame({ children }: { readonly children: ReactNode }) {
  const { t } = useText();
  const { role, trip_id } = useWho();
  const places = trip_id === null ? PLACES.filter(({ adminOnly }) => !adminOnly || role === 'admin') : [];
  return (
    <div className="frame">
      <a className="skip" href={`#${CONTENT}`}>
        {t('nav.skip')}
      </a>
      {places.length > 0 && <Navigation places={places} />}
      <main id={CONTENT} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Navigation({ places }: { readonly places: readonly Place[] }) {
  const { t } = useText();
  const path = usePath();
  return (
    <nav className="navigation" aria-label={t('nav.label')}>
      {places.map(({ href, icon, label }) => (
        <Link key={href} href={href} {...(isWithin(path, href) && { 'aria-current': 'page' })}>
          <Icon name={icon} />
          <span>{t(label)}</span>
        </Link>
      ))}
    </nav>
  );
}

function isWithin(path: string, href: string): boolean {
  if (path === '/system') return href === '/settings';
  return href === '/' ? path === '/' : path.startsWith(href);
}
