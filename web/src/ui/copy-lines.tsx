/** Lines to copy: a command, a key, a link. */
import { useState } from 'react';
import { useText } from '../text/use-text.ts';

export function CopyLines({ lines, label }: { readonly lines: string; readonly label: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(lines);
      setCopied(true);
    } catch {
      // Without https browsers have no clipboard: the text can still be marked.
      setCopied(false);
    }
  };
  return (
    <figure className="copy-lines">
      <figcaption>
        <span>{label}</span>
        {navigator.clipboard !== undefined && (
          <button type="button" onClick={() => void copy()}>
            {copied ? t('common.copied') : t('common.copy')}
          </button>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <pre tabIndex={0}>
        <code>{lines}</code>
      </pre>
    </figure>
  );
}
