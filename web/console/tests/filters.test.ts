import assert from 'node:assert/strict';
import test from 'node:test';

import { orderIdIn, orderQuery, productQuery, reviewQuery } from '../src/data/filters.ts';

test('an order is found by what people have of it', () => {
  assert.deepEqual(orderQuery({ q: ' 261126-DSXB2RK5 ', limit: 25 }, 'UTC'), { number: '261126-DSXB2RK5', limit: 25 });
  assert.deepEqual(orderQuery({ q: 'ada@example.com' }, 'UTC'), { email: 'ada@example.com' });
  assert.deepEqual(orderQuery({ q: 'usr_01M8C2C7DE86J8MMWP7W18NG0A' }, 'UTC'), {
    userId: 'usr_01M8C2C7DE86J8MMWP7W18NG0A',
  });
  assert.deepEqual(orderQuery({ q: 'Lovelace' }, 'UTC'), { name: 'Lovelace' });
  assert.deepEqual(orderQuery({ q: 'L' }, 'UTC'), {});
  assert.deepEqual(orderQuery({ q: '00 34 0434 1610' }, 'UTC'), { trackingCode: '00 34 0434 1610' });
  assert.deepEqual(orderQuery({ q: 'A-1001' }, 'UTC'), { number: 'A-1001' });
  assert.deepEqual(orderQuery({ q: ' ', status: 'paid' }, 'UTC'), { status: 'paid' });
});

test('an address or an id is looked for when it is whole', () => {
  for (const q of ['ada@', 'ada@example.', 'usr_01M8', 'ord_01M8']) {
    const { email, userId, number } = orderQuery({ q }, 'UTC');
    assert.deepEqual([email, userId, number], [undefined, undefined, undefined], q);
  }
  assert.equal(orderIdIn(' ORD_01m8c2c7de86j8mmwp7w18ng0a '), 'ord_01M8C2C7DE86J8MMWP7W18NG0A');
  assert.equal(orderIdIn('usr_01M8C2C7DE86J8MMWP7W18NG0A'), undefined);
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
  assert.equal(productQuery({ status: 'draft' })['status'], 'draft');
  assert.equal(productQuery({ q: 'shirt', sort: { field: 'name', order: 'ASC' } })['sort'], 'relevance');
});

test('reviews wait, were reported or were rejected', () => {
  assert.deepEqual(reviewQuery({}), { state: 'pending' });
  assert.deepEqual(reviewQuery({ state: 'rejected' }), { state: 'rejected' });
  assert.deepEqual(reviewQuery({ state: 'reported', limit: 10 }), { reported: true, limit: 10 });
});
