import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** Both kinds of pages have the same header. */
const header: Plugin = {
  name: 'header',
  transformIndexHtml: (html) =>
    html.replace('<!--header-->', readFileSync(join(import.meta.dirname, 'header.html'), 'utf8')),
};

// `dist` is laid out as the site is: what is in its first folder is at the root of the shop.
export default defineConfig({
  base: '/api/docs/',
  plugins: [header],
  build: {
    outDir: 'dist/api/docs',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    license: { fileName: 'assets/licenses.md' },
    // The reference is large, whatever is done to it. It is loaded only by its own page.
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: { input: ['index.html', 'guides.html'] },
  },
});
