/** Keeps the frame alive when a page fails. */
import { Component, type ReactNode } from 'react';
import { useText } from '../text/use-text.ts';
import { usePath } from './router.tsx';

export function CrashGuard({ children }: { readonly children: ReactNode }) {
  return <Guard key={usePath()}>{children}</Guard>;
}

class Guard extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const { t } = useText();
  return (
    <div className="failure" role="alert">
      <p>{t('error.crash')}</p>
      <button type="button" onClick={() => location.reload()}>
        {t('common.retry')}
      </button>
    </div>
  );
}
