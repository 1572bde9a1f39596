import assert from 'node:assert/strict';
import test from 'node:test';

import { firstFound, orderIdIn, orderQueries, productQuery, reviewQuery } from '../src/data/filters.ts';

const queries = (q: string, others = {}) => orderQueries({ q, ...others }, 'UTC');

/** What a text is looked for as. */
const meanings = (q: string) => queries(q).map((query) => Object.keys(query).join());

test('an order is found by what people have of it', () => {
  const email = 'ada@example.com';
  assert.deepEqual(queries(email), [{ email }, { emailPrefix: email }]);
  assert.deepEqual(queries('ada@'), [{ emailPrefix: 'ada@' }]);
  assert.deepEqual(queries('usr_01M8C2C7DE86J8MMWP7W18NG0A'), [{ userId: 'usr_01M8C2C7DE86J8MMWP7W18NG0A' }]);
  assert.deepEqual(queries('Ada Lovelace'), [{ name: 'Ada Lovelace' }]);
  assert.deepEqual(queries(' ', { status: 'paid' }), [{ status: 'paid' }]);
  for (const [words, wanted] of [
    ['tee-black', 'name sku emailPrefix'],
    ['IN-2026-000042', 'documentNumber number trackingCode name sku postalCode emailPrefix'],
    ['pi_3PqYJ2KZ8uXh4T', 'paymentIntent number trackingCode name sku emailPrefix'],
    ['TEE_7', 'number name sku emailPrefix'],
    ['00 34 0434 1610', 'number trackingCode phone postalCode'],
    ['+49 30 1234567', 'number phone'],
    ['(030) 1234567', 'number phone'],
    ['SW1A 1AA', 'number trackingCode name postalCode'],
    ['10117', 'number sku phone postalCode emailPrefix'],
    ['Studio 54', 'number trackingCode name postalCode'],
    ['ada.lovelace', 'name sku emailPrefix'],
    ['ada+shop', 'name emailPrefix'],
  ] as const) {
    assert.equal(meanings(words).join(' '), wanted, words);
  }
});

test('a number is found with and without its dash, and so are those of other shops', () => {
  const [own] = queries(' 261126-DSXB2RK5 ', { limit: 25 });
  assert.deepEqual(own, { number: '261126-DSXB2RK5', limit: 25 });
  assert.deepEqual(queries('261126DSXB2RK5').slice(0, 2), [
    { number: '261126-DSXB2RK5' },
    { number: '261126DSXB2RK5' },
  ]);
  assert.deepEqual(queries('#100234'), [{ number: '#100234' }]);
  assert.deepEqual(queries('R-2026/171'), [{ number: 'R-2026/171' }, { name: 'R-2026/171' }]);
  assert.deepEqual(queries('100234').slice(0, 2), [{ number: '100234' }, { trackingCode: '100234' }]);
});

test('the API is asked for nothing that it refuses', () => {
  assert.deepEqual(queries('L'), [{ sku: 'L' }]);
  for (const q of ['#', '...', '1'.repeat(101), 'a b'.repeat(40), '@', '@example.com', 'a b@c', 'ä@b']) {
    assert.deepEqual(queries(q), [], q);
  }
  assert.deepEqual(meanings('1'.repeat(50)), ['trackingCode', 'sku', 'emailPrefix']);
  assert.deepEqual(meanings('1'.repeat(21)), ['number', 'trackingCode', 'sku', 'emailPrefix']);
  // The API takes nothing else beside a SKU, but a whole address.
  const [byName] = queries('Lovelace', { sku: 'TEE' });
  assert.deepEqual(byName, { name: 'Lovelace' });
  assert.deepEqual(queries('ada@example.com', { sku: 'TEE' }), [{ email: 'ada@example.com', sku: 'TEE' }]);
  assert.deepEqual(queries('', { sku: 'TEE' }), [{ sku: 'TEE' }]);
});

test('an id is looked for when it is whole, and finds nothing before', () => {
  for (const q of ['usr_01M8', 'ord_01M8']) assert.deepEqual(queries(q), [], q);
  assert.equal(orderIdIn(' ORD_01m8c2c7de86j8mmwp7w18ng0a '), 'ord_01M8C2C7DE86J8MMWP7W18NG0A');
  assert.equal(orderIdIn('usr_01M8C2C7DE86J8MMWP7W18NG0A'), undefined);
});

test('the first query that finds something is the one of all pages', async () => {
  // The pages of each query by their cursors: nothing, nothing on the first page, and others.
  const pages: Record<string, Record<string, [number, string | null]>> = {
    none: { '': [0, null] },
    late: { '': [0, 'b'], b: [2, 'c'], c: [0, null] },
    other: { '': [1, null] },
  };
  const asked: string[] = [];
  const read = async ({ of, cursor = '' }: Record<string, unknown>) => {
    asked.push(`${of} ${cursor}`);
    const [length, nextCursor] = pages[String(of)]?.[String(cursor)] ?? [0, null];
    return { data: Array<object>(length).fill({}), pagination: { nextCursor } };
  };
  const all = [{ of: 'none' }, { of: 'late' }, { of: 'other' }];
  const lengths: number[] = [];
  let cursor: string | null | undefined;
  do {
    const { data, pagination } = await firstFound(all, cursor, read);
    lengths.push(data.length);
    cursor = pagination?.nextCursor ?? null;
  } while (cursor !== null);
  assert.deepEqual(lengths, [0, 2, 0]);
  assert.deepEqual(asked, ['none ', 'late ', 'late b', 'late c']);
  const nothing = { data: [], pagination: { nextCursor: null } };
  assert.deepEqual(await firstFound([{ of: 'none' }, { of: 'none' }], undefined, read), nothing);
  assert.deepEqual(await firstFound([], undefined, read), nothing);
});

test('the oldest orders come first if the list is sorted so', () => {
  assert.deepEqual(orderQueries({ sort: { field: 'createdAt', order: 'ASC' } }, 'UTC'), [{ order: 'oldest' }]);
  assert.deepEqual(orderQueries({ sort: { field: 'createdAt', order: 'DESC' } }, 'UTC'), [{}]);
});

test('days of the list of orders are those of the shop', () => {
  assert.deepEqual(orderQueries({ from: '2026-03-28', to: '2026-03-29' }, 'Europe/Berlin'), [
    { from: '2026-03-27T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' },
  ]);
});

test('staff see products in every status, sorted as the API can', () => {
  const query = productQuery({ sort: { field: 'price', order: 'DESC' } });
  assert.deepEqual(query, { status: 'active,draft,archived', sort: 'price:desc', facets: false });
  assert.equal(productQuery({ status: 'draft' })['status'], 'draft');
  assert.equal(productQuery({ q: 'shirt', sort: { field: 'createdAt', order: 'DESC' } })['sort'], 'relevance');
  assert.equal(productQuery({ q: 'shirt', sort: { field: 'price', order: 'ASC' } })['sort'], 'price:asc');
});

test('reviews wait, were reported or were rejected', () => {
  assert.deepEqual(reviewQuery({}), { state: 'pending' });
  assert.deepEqual(reviewQuery({ state: 'rejected' }), { state: 'rejected' });
  assert.deepEqual(reviewQuery({ state: 'reported', limit: 10 }), { reported: true, limit: 10 });
});
