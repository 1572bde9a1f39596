import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSame, keyOf, merge, refusedIn } from '../src/data/merge.ts';

const usd = (amount: number) => ({ amount, currency: 'usd' });
const small = { id: 'var_S', sku: 'S', price: usd(2000), options: { Size: 'S' }, stock: 'in' };
const large = { id: 'var_L', sku: 'L', price: usd(2500), options: { Size: 'L' } };
const base = { name: 'Lantern', variants: [small], attributes: { colour: 'red' }, etag: '1' };
const FIELDS = ['name', 'variants', 'attributes'];

test('a price of mine and a size of theirs are both kept', () => {
  const mine = { ...base, variants: [{ ...small, price: usd(1800) }] };
  const theirs = { ...base, variants: [{ ...small, stock: 'low' }, large], etag: '2' };
  const { record, changes } = merge(base, mine, theirs, FIELDS);
  assert.deepEqual(record['variants'], [{ id: 'var_S', sku: 'S', price: usd(1800), options: { Size: 'S' } }, large]);
  assert.deepEqual(
    changes.map(({ path, isClash }) => [path.join('.'), isClash]),
    [
      ['variants.var_S.price', false],
      ['variants.var_L', false],
    ],
  );
});

test('a size that I add and one that they take out', () => {
  const both = { ...base, variants: [small, large] };
  const added = { sku: 'M', price: usd(2200), options: { Size: 'M' }, stock: 4 };
  const { record } = merge(both, { ...both, variants: [small, large, added] }, base, FIELDS);
  assert.deepEqual(
    (record['variants'] as { sku: string }[]).map(({ sku }) => sku),
    ['S', 'M'],
  );
  assert.deepEqual((record['variants'] as object[])[1], added);
});

test('only the same field is a clash, and it is asked for', () => {
  const mine = { ...base, name: 'Lamp', attributes: { colour: 'red', size: 'small' } };
  const theirs = { ...base, name: 'Light', attributes: { colour: 'blue' } };
  const { record, changes } = merge(base, mine, theirs, FIELDS);
  assert.deepEqual(
    changes.filter(({ isClash }) => isClash).map(({ path }) => path),
    [['name']],
  );
  assert.deepEqual(record['attributes'], { colour: 'blue', size: 'small' });
  assert.equal(record['name'], 'Lamp');
  assert.equal(merge(base, mine, theirs, FIELDS, new Set([keyOf(['name'])])).record['name'], 'Light');
});

test('a change of a variant that they took out is a clash', () => {
  const mine = { ...base, variants: [{ ...small, price: usd(1) }] };
  const { changes } = merge(base, mine, { ...base, variants: [] }, FIELDS);
  assert.deepEqual(
    changes.map(({ path, isClash }) => [path, isClash]),
    [[['variants', 'var_S'], true]],
  );
});

test('what both did alike, or emptied, is no change', () => {
  const mine = { ...base, name: 'Lamp', description: null };
  assert.deepEqual(merge(base, mine, { ...base, name: 'Lamp' }, [...FIELDS, 'description']).changes, []);
});

test('a form follows a version that has its fields as they were, but for what is not changed in it', () => {
  const both = { ...base, variants: [small, large] };
  const sold = { ...small, stock: 'low', inventory: { available: 1 }, imageId: 'img_1' };
  assert.ok(isSame(both, { ...both, etag: '2', variants: [sold, large] }, ['variants', 'name']));
  assert.ok(isSame(both, { ...both, name: 'Light' }, ['variants', 'reason']));
  assert.ok(!isSame(both, { ...both, name: 'Light' }, ['variants', 'name']));
});

test('a form does not follow variants in another order, or without one: theirs would get what was typed for others', () => {
  const both = { ...base, variants: [small, large] };
  for (const variants of [[large, small], [large], [small, large, { sku: 'M' }]])
    assert.ok(!isSame(both, { ...both, variants }, ['variants']));
});

test('what the shop refuses is told at its change', () => {
  const record = { name: '', variants: [small, { ...large, price: usd(1) }, { sku: 'M' }] };
  const refused = {
    name: 'Is required',
    'variants.1.price': 'Is wrong',
    'variants.2.sku': 'Is taken',
    'variants.2.options.oSize': 'Is required',
    attributes: 'Are too many',
  };
  const at = (...path: string[]) => refusedIn(refused, path, record);
  assert.equal(at('name'), 'Is required');
  assert.equal(at('variants', 'var_L', 'price'), 'Is wrong');
  assert.equal(at('variants', 'var_S', 'price'), '');
  assert.equal(at('variants', 'new M'), 'Is taken; Is required');
  assert.equal(at('variants', 'var_GONE'), '');
  assert.equal(at('attributes', 'colour'), 'Are too many');
});
