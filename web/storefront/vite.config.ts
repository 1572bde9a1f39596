import { defineConfig } from 'vite';

// While pages are written: `KONTOR_API` is the address that `make dev` prints for the API.
const api = process.env['KONTOR_API'];

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', assetsDir: 'assets/shop', modulePreload: { polyfill: false } },
  server: api
    ? { proxy: { '/api': { target: new URL(api).origin, rewrite: (path) => new URL(api).pathname + path } } }
    : {},
});
