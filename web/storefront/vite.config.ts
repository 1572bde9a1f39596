import { defineConfig } from 'vite';

// While pages are written: `KONTOR_API` is the address that `make dev` prints for the API.
const api = process.env['KONTOR_API'];

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsDir: 'assets/shop',
    modulePreload: { polyfill: false },
    license: { fileName: 'assets/shop/licenses.md' },
    // What three pages need comes with the first of them: one file instead of a dozen small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 3 }] } } },
  },
  server: api
    ? { proxy: { '/api': { target: new URL(api).origin, rewrite: (path) => new URL(api).pathname + path } } }
    : {},
});
