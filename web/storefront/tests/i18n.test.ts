import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import de from '../src/i18n/de/index.ts';
import en from '../src/i18n/en/index.ts';
import { firstKnown } from '../src/i18n/index.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

test('every language says a text with the same values', () => {
  for (const [key, text] of Object.entries(en)) assert.deepEqual(names(de[key as keyof typeof en]), names(text), key);
});

test('a text for one has a text for more, and the other way round', () => {
  for (const key of Object.keys(en)) {
    const other = key.endsWith('_one') ? key.replace(/_one$/, '_other') : key.replace(/_other$/, '_one');
    assert.ok(other in en, `${key} without ${other}`);
  }
});

test('a text about an error is of a code that the shop or the client has', async () => {
  const [shop, client] = await Promise.all([read('../../../docs/errors.md'), read('../../client/src/types.ts')]);
  for (const key of Object.keys(en).filter((one) => one.startsWith('error.'))) {
    const code = key.slice('error.'.length);
    assert.ok(shop.includes(`\`${code}\``) || client.includes(`'${code}'`), key);
  }
});

test('the first known language is that of the pages', () => {
  assert.equal(firstKnown(['', 'fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(firstKnown(['', 'fr', 'de']), 'de', 'that of the shop, which comes last');
  assert.equal(firstKnown(['', 'fr', 'toString', '']), 'en');
});

/** Only API keys, staff and mistakes of a page get these. */
const NEVER_SHOWN = [
  'cross_origin_request',
  'forbidden',
  'idempotency_key_missing',
  'idempotency_key_reused',
  'invalid_api_key',
  'invalid_idempotency_key',
  'malformed_json',
  'unsupported_media_type',
  'user_required',
];

test('every code with which the shop can refuse what the pages ask has a text', async () => {
  const files = (await readdir(new URL('../src', import.meta.url), { recursive: true })).filter((one) =>
    /tsx?$/.test(one),
  );
  const source = (await Promise.all(files.map((one) => read(`../src/${one}`)))).join('\n');
  const calls = [...source.matchAll(/\b(GET|POST|PUT|PATCH|DELETE|list)\(\s*'(\/api\/v1[^']*)'/g)];
  assert.ok(calls.length > 50);
  const { paths, components } = JSON.parse(await read('../../../functions/status/openapi.json')) as {
    paths: Record<string, Record<string, object>>;
    components: { responses: Record<string, object> };
  };
  for (const [, method = '', path = ''] of calls) {
    const operation = paths[path]?.[method === 'list' ? 'get' : method.toLowerCase()];
    const refusals = JSON.stringify(operation).replace(/"#\/components\/responses\/(\w+)"/g, (_, name: string) =>
      JSON.stringify(components.responses[name]),
    );
    const codes = [...refusals.matchAll(/"code":\{"enum":(\[[^\]]*\])/g)].flatMap(([, list = '']) => JSON.parse(list));
    assert.ok(codes.length > 0, `${method} ${path}`);
    for (const code of codes) assert.ok(`error.${code}` in en || NEVER_SHOWN.includes(code), `${code} of ${path}`);
  }
});
