import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Relative addresses: the page works under whatever path a host mounts it. Nothing is inlined, so that a policy which allows
// only files of the same origin is enough.
export default defineConfig({
  base: './',
  plugins: [react()],
  // The files hold others' code: their licences go with it.
  build: {
    license: { fileName: 'licenses.md' },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
});
