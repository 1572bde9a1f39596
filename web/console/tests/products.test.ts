import assert from 'node:assert/strict';
import test from 'node:test';

import { inTree, pathOf } from '../src/categories/tree.ts';
import { fieldErrors } from '../src/data/errors.ts';
import { placeOfLine, placeOfUnits } from '../src/orders/units.ts';
import { fromForm, optionKey, placeOfProduct, productInput, toForm, withRemoved } from '../src/products/input.ts';

const price = { amount: 1999, currency: 'usd' };

test('a product without options has the fields of its variant at the top', () => {
  const product = {
    name: 'Cup',
    options: [],
    variants: [{ id: 'var_1', sku: 'CUP', price, stock: 'in', options: {} }],
  };
  assert.deepEqual(productInput(product), { name: 'Cup', options: [], sku: 'CUP', price });
});

test('variants are sent with what the API takes of them', () => {
  const variant = { id: 'var_1', sku: 'SHIRT-S', price, stock: 'in', inventory: {}, options: { Size: 'S', Old: 'x' } };
  const product = {
    options: ['Size'],
    variants: [variant, { sku: 'SHIRT-M', price, stock: 5, options: { Size: 'M' } }],
  };
  assert.deepEqual(productInput(product)['variants'], [
    { id: 'var_1', sku: 'SHIRT-S', price, options: { Size: 'S' } },
    { sku: 'SHIRT-M', price, options: { Size: 'M' }, stock: 5 },
  ]);
});

test('names of options have keys in the form, whatever signs they have', () => {
  const names = ['No. of seats', 'Size [EU]', 'Width, cm', 'a.b', 'a_46_b', "Men's", '2', '__proto__', 'Größe'];
  const keys = names.map(optionKey);
  assert.equal(new Set(keys).size, names.length);
  for (const key of keys) assert.match(key, /^o\w*$/);
  const product = {
    options: names,
    variants: [{ sku: 'A', price, options: Object.fromEntries(names.map((name, index) => [name, `${index}`])) }],
  };
  assert.deepEqual(Object.keys(toForm(product).variants[0]?.options ?? {}).sort(), keys.toSorted());
  assert.deepEqual(fromForm(toForm(product)), product);
});

test('a value of an option that was taken out is not sent', () => {
  const form = { options: ['Size'], variants: [{ sku: 'A', options: { oSize: 'S', oColour: 'red' } }] };
  assert.deepEqual(fromForm(form).variants, [{ sku: 'A', options: { Size: 'S' } }]);
  assert.deepEqual(fromForm({ name: 'Cup' }), { name: 'Cup' });
});

test('a note that was taken out is named with null', () => {
  const now = withRemoved({ metadata: { a: '1' } }, { metadata: { a: '0', b: '2' } });
  assert.deepEqual(now['metadata'], { a: '1', b: null });
});

test('refusals are at the fields of the form', () => {
  const details = { 'variants[1].price.amount': 'must be at most 99999999', name: 'is required' };
  assert.deepEqual(fieldErrors(details), { 'variants.1.price': 'Must be at most 99999999', name: 'Is required' });
});

test('refusals of entries are at the input of their list', () => {
  const details = {
    'options[1]': 'must be at most 40 characters',
    'categoryIds[0]': 'is no id',
    'attributes.No. [of] seats': 'is empty',
    'attributes.colour': 'is too long',
    'zones[0].countries[2]': 'is no country',
  };
  assert.deepEqual(fieldErrors(details), {
    options: 'Entry 2 must be at most 40 characters',
    categoryIds: 'Entry 1 is no id',
    attributes: '“No. [of] seats” is empty; “colour” is too long',
    'zones.0.countries': 'Entry 3 is no country',
  });
});

test('refused values of a variant are at the first of its options', () => {
  const place = (field: string) => placeOfProduct(field, { options: ['No. of seats'] });
  assert.deepEqual(fieldErrors({ 'variants[1].options': 'are taken' }, place), {
    'variants.1.options.oNo_46__32_of_32_seats': 'Are taken',
  });
});

test('the only variant of a product without options is in the grid, too', () => {
  const place = (field: string) => placeOfProduct(field, { options: [] });
  assert.deepEqual(fieldErrors({ 'price.amount': 'is wrong', name: 'is wrong' }, place), {
    'variants.0.price': 'Is wrong',
    name: 'Is wrong',
  });
  assert.equal(placeOfProduct('price', { options: ['Size'] }), 'price');
});

test('a refused item is at the units of its line', () => {
  const units = { lin_1: 0, lin_2: 3, lin_3: 1 };
  assert.equal(placeOfUnits('items.1.quantity', units), 'units.lin_3');
  assert.equal(placeOfUnits('items.2.id', units), 'items.2.id');
  assert.equal(placeOfUnits('items.lin_2', units), 'units.lin_2');
  assert.equal(placeOfUnits('items', units), 'items');
  assert.equal(
    placeOfLine('items.lin_2', [{ id: 'lin_1' }, { id: 'lin_2' }], (index) => `units.${index}`),
    'units.1',
  );
});

test('categories are in the order of their tree', () => {
  const term = (id: string, parentId: string | null, position: number) => ({ id, name: id, parentId, position });
  const terms = [term('Mugs', 'Home', 0), term('Home', null, 1), term('Toys', null, 0), term('Cups', 'Home', 0)];
  assert.deepEqual(
    inTree(terms).map(({ id }) => id),
    ['Toys', 'Home', 'Cups', 'Mugs'],
  );
  assert.equal(pathOf(terms[0] as (typeof terms)[0], terms), 'Home › Mugs');
});
