import assert from 'node:assert/strict';
import test from 'node:test';

import { orderIdIn, orderQuery, productQuery, reviewQuery } from '../src/data/filters.ts';

test('orders are asked for by words, or by a SKU', () => {
  assert.deepEqual(orderQuery({ q: ' Ada Lovelace ', status: 'paid', limit: 25 }, 'UTC'), {
    q: 'Ada Lovelace',
    status: 'paid',
    limit: 25,
  });
  assert.deepEqual(orderQuery({ q: ' ', sku: 'TEE' }, 'UTC'), { sku: 'TEE' });
  // The API takes no SKU beside words, no longer ones, and none with signs that nobody sees.
  assert.deepEqual(orderQuery({ q: 'Lovelace', sku: 'TEE' }, 'UTC'), { q: 'Lovelace' });
  const email = 'ada@example.com';
  assert.deepEqual(orderQuery({ q: email, sku: 'TEE' }, 'UTC'), { email, sku: 'TEE' });
  assert.deepEqual(orderQuery({ q: email }, 'UTC'), { q: email });
  assert.deepEqual(orderQuery({ q: 'Ada\tLovelace' }, 'UTC'), { q: 'Ada Lovelace' });
  assert.deepEqual(orderQuery({ q: '1'.repeat(120) }, 'UTC'), { q: '1'.repeat(100) });
  assert.deepEqual(orderQuery({ q: '\u200b261126-DSXB2RK5\u200b' }, 'UTC'), { q: '261126-DSXB2RK5' });
});

test('whoever has the whole id of an order opens it', () => {
  assert.equal(orderIdIn(' ORD_01m8c2c7de86j8mmwp7w18ng0a '), 'ord_01M8C2C7DE86J8MMWP7W18NG0A');
  assert.equal(orderIdIn('usr_01M8C2C7DE86J8MMWP7W18NG0A'), undefined);
  assert.equal(orderIdIn('ord_01M8'), undefined);
});

test('the oldest orders come first if the list is sorted so', () => {
  assert.deepEqual(orderQuery({ sort: { field: 'createdAt', order: 'ASC' } }, 'UTC'), { order: 'oldest' });
  assert.deepEqual(orderQuery({ sort: { field: 'createdAt', order: 'DESC' } }, 'UTC'), {});
});

test('days of the list of orders are those of the shop', () => {
  assert.deepEqual(orderQuery({ from: '2026-03-28', to: '2026-03-29' }, 'Europe/Berlin'), {
    from: '2026-03-27T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
  });
});

test('staff see products in every status, sorted as the API can', () => {
  const query = productQuery({ sort: { field: 'price', order: 'DESC' } });
  assert.deepEqual(query, { status: 'active,draft,archived', sort: 'price:desc', facets: false });
  assert.equal(productQuery({ sort: { field: 'name', order: 'DESC' } })['sort'], 'name:desc');
  assert.equal(productQuery({ status: 'draft' })['status'], 'draft');
  assert.equal(productQuery({ q: 'shirt', sort: { field: 'createdAt', order: 'DESC' } })['sort'], 'relevance');
  assert.equal(productQuery({ q: 'shirt', sort: { field: 'price', order: 'ASC' } })['sort'], 'price:asc');
});

test('reviews wait, were reported or were rejected', () => {
  assert.deepEqual(reviewQuery({}), { state: 'pending' });
  assert.deepEqual(reviewQuery({ state: 'rejected' }), { state: 'rejected' });
  assert.deepEqual(reviewQuery({ state: 'reported', limit: 10 }), { reported: true, limit: 10 });
});
