import assert from 'node:assert/strict';
import { test } from 'node:test';
import de from '../src/i18n/de/index.ts';
import en from '../src/i18n/en/index.ts';

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
