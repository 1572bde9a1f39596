import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import de from '../src/i18n/de/index.ts';
import en from '../src/i18n/en/index.ts';
import { firstKnown } from '../src/i18n/index.ts';

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
  const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
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
