// Chromium on a page of this machine, whose ports the local cloud allows.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

import { variable } from './cloud.ts';

/** Runs page.ts in a browser until it says what it saw. */
export async function inBrowser<Saw>(facts: object): Promise<Saw> {
  const entry = new URL('page.ts', import.meta.url).pathname;
  const bundled = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    define: { FACTS: JSON.stringify(facts) },
  });
  const page = `<!doctype html><meta charset="utf-8"><title>The shop</title><body><script type="module">${bundled.outputFiles[0]?.text}</script>`;
  const profile = await mkdtemp(join(tmpdir(), 'kontor-client-'));
  const { promise: saw, resolve, reject } = Promise.withResolvers<Saw>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.writeHead(200, { 'content-type': 'text/html' }).end(request.method === 'GET' ? page : '');
    if (request.method === 'POST') resolve(JSON.parse(body) as Saw);
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const quiet = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
  ];
  const browser = spawn(variable('KONTOR_CHROMIUM'), [...quiet, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((done) => browser.once('error', reject).once('close', () => done()));
  ended.then(() => reject(new Error('The browser has ended.')));
  try {
    const tooLate = setTimeout(() => reject(new Error('The page did not finish.')), 120_000);
    return await saw.finally(() => clearTimeout(tooLate));
  } finally {
    browser.kill();
    await ended;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
