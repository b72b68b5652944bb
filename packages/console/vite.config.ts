import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Relative addresses: the page works under whatever path a host mounts it. Nothing is inlined, so that a policy which allows
// only files of the same origin is enough.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
});
