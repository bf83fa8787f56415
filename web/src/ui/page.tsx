/** The frame of a page: its name, what can be done, and what it shows. */
import { type ReactNode, useEffect } from 'react';

interface PageProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly before?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, actions, before, children }: PageProps) {
  useTitle(title);
  return (
    <div className="page">
      <header className="page-header">
        {before}
        <h1>{title}</h1>
        <div className="actions">{actions}</div>
      </header>
      {children}
    </div>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Fleet Telemetry`;
  }, [title]);
}
