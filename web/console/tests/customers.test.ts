import assert from 'node:assert/strict';
import test from 'node:test';

import { customerQuery, stockQuery } from '../src/data/filters.ts';

const page = { limit: 25, cursor: 'next' };

test('a customer is found by the beginning of the address or of the name', () => {
  assert.deepEqual(customerQuery({ q: ' ada@exa', ...page }), { ...page, email: 'ada@exa' });
  assert.deepEqual(customerQuery({ q: 'Ada Lo', ...page }), { ...page, name: 'Ada Lo' });
});

test('words that the API refuses are not sent, nor the filters of older versions', () => {
  for (const q of [undefined, ' ', 'A', 'A.', '@']) assert.deepEqual(customerQuery({ q, ...page }), page, q);
  assert.deepEqual(customerQuery({ email: 'ada', name: 'Ada', ...page }), page);
});

test('stock levels are those of a product, or the low ones', () => {
  assert.deepEqual(stockQuery({ low: true, product: 'prd_1', ...page }), { product: 'prd_1', ...page });
  assert.deepEqual(stockQuery({ low: true, ...page }), { low: true, ...page });
  assert.deepEqual(stockQuery({ low: false, ...page }), page);
});
