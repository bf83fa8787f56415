/** What went wrong, and the mend. */
import { PROBLEMS } from '@fleet/contract';
import { ApiError } from '../api/client.ts';
import type { MessageKey, Translate } from '../text/translate.ts';
import { useText } from '../text/use-text.ts';

const WORDS: Readonly<Record<string, MessageKey>> = {
  offline: 'error.offline',
  unauthorized: 'error.unauthorized',
  forbidden: 'error.forbidden',
  'vehicle-not-allowed': 'error.forbidden',
  'not-found': 'error.not-found',
  'trip-not-found': 'error.not-found',
};

/** In words: what happened, every fault in what was sent, and what to do. */
export function explain(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.other', { detail: String(error) });
  const { slug, message, faults } = error;
  const known = WORDS[slug];
  if (known !== undefined) return t(known);
  if (slug !== 'offline' && slug !== 'unknown' && PROBLEMS[slug].retryable) return t('error.retry');
  const details = faults.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim());
  return t('error.other', { detail: details.length > 0 ? details.join('; ') : message });
}

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function Failure({ error, onRetry }: FailureProps) {
  const { t } = useText();
  return (
    <div className="failure" role="alert">
      <p>{explain(error, t)}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {t('common.retry')}
        </button>
      )}
    </div>
  );
}
