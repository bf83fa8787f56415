/** Addresses as state: every state of a page has one, and going back works. */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';
import { shareKey } from '../api/client.ts';

const MOVED = 'fleet-moved';

/** The element that holds the page. */
export const CONTENT = 'content';

/** Goes to an address of ours; `replace` leaves no trace in the history. */
export function navigate(href: string, how: 'push' | 'replace' = 'push'): void {
  const url = new URL(href, location.href);
  const share = shareKey();
  if (share !== null) url.searchParams.set('share', share);
  const isElsewhere = url.pathname !== location.pathname;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(history.state, '', url);
  dispatchEvent(new Event(MOVED));
  if (isElsewhere) begin();
}

/** Another page begins at its top, for keyboards and screen readers too: the link that led there is gone. */
function begin(): void {
  scrollTo(0, 0);
  document.getElementById(CONTENT)?.focus({ preventScroll: true });
}

/** The path without its query. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** The query, and a way to change some of it: null takes a parameter out. */
export function useQuery(): [URLSearchParams, (patch: Readonly<Record<string, string | null>>) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return [new URLSearchParams(search), patchQuery];
}

export function patchQuery(patch: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(`${location.pathname}${text === '' ? '' : `?${text}`}`, 'replace');
}

/** Marks an address that a dialog was opened with, from the one before it. */
const OPENED = 'opened';

/** The dialog that is open, by name, and a way to open one: Back closes it, as people with phones expect. */
export function useOpen(): [open: string | null, setOpen: (name: string | null) => void] {
  const [query] = useQuery();
  return [query.get('open'), setOpen];
}

function setOpen(name: string | null): void {
  if (name === null) {
    if (history.state === OPENED) history.back();
    else patchQuery({ open: null });
    return;
  }
  history.pushState(OPENED, '');
  patchQuery({ open: name });
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string };

/** A link within the pages; with a modifier key the browser does what it always does. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={go} {...rest} />;
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(MOVED, listener);
  };
}
