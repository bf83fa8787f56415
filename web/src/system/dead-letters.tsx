/** What could not be taken: to be read, mended, sent again or deleted. */
import { useState } from 'react';
import { ApiError, ask } from '../api/client.ts';
import type { DeadLetter, DeadLetterPage } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import type { Translate } from '../text/translate.ts';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { notify } from '../ui/notices.tsx';
import { useAction } from '../ui/use-action.ts';

const PAGE = 50;

export function DeadLetters() {
  const { t } = useText();
  const [limit, setLimit] = useState(PAGE);
  const { data, error, reload } = useData<DeadLetterPage>(`/v1/dead-letters?limit=${limit}`);
  return (
    <section className="card" aria-labelledby="letters">
      <h2 id="letters">{t('letters.title')}</h2>
      <p className="soft">{t('letters.text')}</p>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data?.dead_letters.length === 0 && <p>{t('letters.none')}</p>}
      {data?.dropped.map(({ device, count }) => (
        <p key={device}>{t('letters.dropped', { device, count })}</p>
      ))}
      <ul className="plain">
        {data?.dead_letters.map((letter) => (
          <Letter key={letter.id} letter={letter} onChanged={reload} />
        ))}
      </ul>
      {data !== undefined && data.next_cursor !== null && (
        <button type="button" onClick={() => setLimit((count) => Math.min(500, count + PAGE))}>
          {t('common.more')}
        </button>
      )}
    </section>
  );
}

function Letter({ letter, onChanged }: { readonly letter: DeadLetter; readonly onChanged: () => void }) {
  const { t, format } = useText();
  const { id, at, device, via, type, errors, body, encoding, truncated } = letter;
  const isText = encoding === 'utf8' && !truncated;
  const [text, setText] = useState(body);
  const { busy, error, run } = useAction();
  const path = `/v1/dead-letters/${encodeURIComponent(id)}`;
  const resubmit = () =>
    run(async () => {
      await ask(`${path}/resubmit`, { method: 'POST', ...(text !== body && { body: parsed(text, t) }) });
      notify(t('letters.taken'));
      onChanged();
    });
  const remove = () =>
    run(async () => {
      await ask(path, { method: 'DELETE' });
      onChanged();
    });
  return (
    <li className="letter">
      <div>
        <strong>{device}</strong> <span className="soft">{[via, format.dayAndClock(at), type].join(' · ')}</span>
      </div>
      {errors.map(({ pointer, detail }) => (
        <p key={`${pointer} ${detail}`}>{`${pointer} ${detail}`.trim()}</p>
      ))}
      <textarea
        aria-label={t('letters.edit')}
        value={text}
        readOnly={!isText}
        rows={4}
        onChange={(event) => setText(event.target.value)}
      />
      {error !== undefined && <Failure error={error} />}
      <div className="actions">
        {!truncated && (
          <button type="button" disabled={busy} onClick={resubmit}>
            {t('letters.resubmit')}
          </button>
        )}
        <button type="button" className="danger" disabled={busy} onClick={remove}>
          {t('common.delete')}
        </button>
      </div>
    </li>
  );
}

/** What was typed, or what is wrong with it. */
function parsed(text: string, t: Translate): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('unknown', t('letters.noJson', { detail: error instanceof Error ? error.message : '' }));
  }
}
