/** A place for what is on its way, as large as what will come. */
import { useText } from '../text/use-text.ts';

export function Skeleton({ height, count = 1 }: { readonly height: number; readonly count?: number }) {
  const { t } = useText();
  return (
    <div role="status" aria-label={t('common.loading')}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className="skeleton" style={{ height }} />
      ))}
    </div>
  );
}
