import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPrice, writePrice } from '../src/catalogue/price.ts';

test('a price is read as people of the language write it', () => {
  const read = (locale: string, ...texts: string[]) => texts.map((text) => readPrice(text, locale));
  assert.deepEqual(
    read('de', '1.000', '1.000,50', '1.000.000', '10,5', '10.50', ' 1 000 '),
    [1000, 1000.5, 1000000, 10.5, 10.5, 1000],
  );
  assert.deepEqual(
    read('en', '1,000', '1,000.50', '1,000,000', '10.5', '10,50', '1.000'),
    [1000, 1000.5, 1000000, 10.5, 10.5, 1],
  );
  assert.deepEqual(read('de', '0', '5,', ',5'), [0, 5, 0.5]);
  for (const text of ['', ',', 'ten', '-1', '1e3']) assert.equal(readPrice(text, 'de'), undefined, text);
});

test('a price in a field is read as the same price', () => {
  for (const locale of ['de', 'en'])
    for (const price of [0, 10.5, 1000, 12345.67]) assert.equal(readPrice(writePrice(price, locale), locale), price);
});
