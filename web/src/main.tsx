/** Starts the pages; what the page at this address needs first is asked for before anything is drawn. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { askEarly } from './api/use-data.ts';
import { App } from './app.tsx';
import { connectEarly } from './live/live-connection.ts';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/pages.css';

askEarly('/v1/session');
if (location.pathname === '/') {
  askEarly('/v1/vehicles');
  askEarly('/map.json');
  connectEarly();
  void import('./live/live-map.tsx');
}

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
