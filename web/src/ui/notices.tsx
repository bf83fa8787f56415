/** Short news at the edge of the page, with a way back where there is one. */
import { useSyncExternalStore } from 'react';
import { useText } from '../text/use-text.ts';
import { Icon } from './icon.tsx';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly onUndo?: () => void;
}

/** How long it stays, milliseconds; longer where there is something to decide. */
const STAYS_MS = 6_000;
const UNDO_STAYS_MS = 30_000;

let notices: readonly Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

export function notify(text: string, onUndo?: () => void): void {
  const id = ++last;
  put([...notices, { id, text, ...(onUndo && { onUndo }) }]);
  setTimeout(() => dismiss(id), onUndo ? UNDO_STAYS_MS : STAYS_MS);
}

export function Notices() {
  const { t } = useText();
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map(({ id, text, onUndo }) => (
        <div key={id} className="notice">
          <span>{text}</span>
          {onUndo && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                onUndo();
              }}
            >
              {t('common.undo')}
            </button>
          )}
          <button type="button" className="icon-button" aria-label={t('common.close')} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

function dismiss(id: number): void {
  put(notices.filter((notice) => notice.id !== id));
}

function put(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
