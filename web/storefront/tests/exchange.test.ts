import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangesOf, itemErrors, unitsName } from '../src/orders/exchange.ts';

const usd = (amount: number) => ({ amount, currency: 'usd' });
const variant = (Size: string, price = usd(2000), stock: 'in' | 'low' | 'out' | 'backorder' = 'in') => ({
  sku: `SHIRT-${Size}`,
  options: { Size, Colour: 'Blue' },
  price,
  stock,
});
const shirt = (...variants: ReturnType<typeof variant>[]) => ({
  status: 'active' as const,
  options: ['Size', 'Colour'],
  variants,
});
const line = { sku: 'SHIRT-M', options: ['M', 'Blue'], unitPrice: usd(2000), exchanged: [] };

test('units are exchanged for other variants at the same price, in the same currency', () => {
  const euro = { amount: 2000, currency: 'eur' };
  const product = shirt(variant('S'), variant('M'), variant('L', usd(2100)), variant('XL', euro));
  assert.deepEqual(exchangesOf(product, line, 'SHIRT-M'), [{ sku: 'SHIRT-S', name: 'S · Blue', soldOut: false }]);
});

test('what is sold out is shown as such; what can be ordered though it is not there is not', () => {
  const product = shirt(variant('S', usd(2000), 'out'), variant('M'), variant('L', usd(2000), 'backorder'));
  const soldOut = exchangesOf(product, line, 'SHIRT-M').map((one) => [one.sku, one.soldOut]);
  assert.deepEqual(soldOut, [
    ['SHIRT-S', true],
    ['SHIRT-L', false],
  ]);
});

test('units that were exchanged before can become what was ordered again', () => {
  const found = exchangesOf(shirt(variant('M'), variant('L')), line, 'SHIRT-L');
  assert.deepEqual(
    found.map(({ sku }) => sku),
    ['SHIRT-M'],
  );
});

test('a product that is not on sale has nothing to exchange', () => {
  assert.deepEqual(exchangesOf({ ...shirt(variant('S')), status: 'archived' }, line, 'SHIRT-M'), []);
});

test('units have the name of their own variant', () => {
  const exchanged = [{ variantId: 'var_2', sku: 'SHIRT-L', options: ['L', 'Blue'], quantity: 1 }];
  assert.equal(unitsName({ ...line, exchanged }, 'SHIRT-M'), 'M · Blue');
  assert.equal(unitsName({ ...line, exchanged }, 'SHIRT-L'), 'L · Blue');
  assert.equal(unitsName(line, 'SHIRT-L'), 'SHIRT-L');
});

test('a refusal is told at the item that it is about', () => {
  const items = [{ id: 'var_1' }, { id: 'var_2' }];
  const errors = { 'items[1].exchangeFor': 'other price', 'items.var_1': 'too many', comment: 'too long' };
  assert.deepEqual(itemErrors(errors, items), [{ '': 'too many' }, { exchangeFor: 'other price' }]);
  assert.deepEqual(itemErrors({ 'items[10].id': 'unknown', items: 'too many' }, items), [{}, {}]);
});
