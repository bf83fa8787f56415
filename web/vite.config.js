import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Everything from one server: no inline script or style, so that a strict policy holds. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['fleet-source', 'module', 'browser'] },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1_100 },
  server: { proxy: { '^/(v1|signin|map.json|docs|openapi.json)': 'http://localhost:3000' } },
});
