import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// While pages are written: `KONTOR_API` is the address that `make dev` prints for the API.
const api = process.env['KONTOR_API'];

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    license: { fileName: 'assets/licenses.md' },
    // What two views need is one file: else each view is forty small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
  server: api
    ? { proxy: { '/api': { target: new URL(api).origin, rewrite: (path) => new URL(api).pathname + path } } }
    : {},
});
