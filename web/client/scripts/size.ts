// Prints how large the client is in a page: all of it, with openapi-fetch, minified and compressed.

import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: [new URL('../dist/index.js', import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});
const code = outputFiles[0]?.contents ?? new Uint8Array();
const kilobytes = (bytes: Uint8Array) => `${(bytes.length / 1000).toFixed(1)} kB`;
console.log(`the client: ${kilobytes(code)} minified, ${kilobytes(gzipSync(code))} with gzip`);
