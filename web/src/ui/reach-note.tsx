/** Says so where an address is of no use to anybody else. */
import { useText } from '../text/use-text.ts';

/** Hosts that mean the machine on which they are read. */
const ONLY_HERE = /^(localhost|127\..*|\[::1\])$/;

export function ReachNote({ url }: { readonly url: string }) {
  const { t } = useText();
  const { hostname, host } = new URL(url);
  return ONLY_HERE.test(hostname) ? <p className="warning">{t('common.onlyHere', { host })}</p> : null;
}
