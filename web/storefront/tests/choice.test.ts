import assert from 'node:assert/strict';
import { test } from 'node:test';
import { availability, choose, chosenVariant, firstChoice, type Variant, valuesOf } from '../src/product/choice.ts';

const variant = (Size: string, Colour: string, stock: Variant['stock'] = 'in'): Variant => ({
  sku: `${Size}-${Colour}`,
  options: { Size, Colour },
  stock,
});
const options = ['Size', 'Colour'];
const shirts = [
  variant('S', 'Red'),
  variant('S', 'Blue', 'out'),
  variant('M', 'Red', 'preorder'),
  variant('L', 'Green', 'out'),
];

test('a variant is chosen when each option has a value', () => {
  assert.equal(chosenVariant(shirts, options, { Size: 'S' }), undefined);
  assert.equal(chosenVariant(shirts, options, { Size: 'S', Colour: 'Blue' })?.sku, 'S-Blue');
  assert.equal(chosenVariant(shirts, options, { Size: 'L', Colour: 'Red' }), undefined);
});

test('a product without options has one variant, which is chosen', () => {
  const mug = [{ sku: 'MUG', options: {}, stock: 'in' as const }];
  assert.equal(chosenVariant(mug, [], firstChoice(mug, [], null))?.sku, 'MUG');
});

test('values stand in the order of the variants', () => {
  assert.deepEqual(valuesOf(shirts, 'Colour'), ['Red', 'Blue', 'Green']);
});

test('a value is there, sold out or not made, beside what was chosen', () => {
  const of = (choice: Record<string, string>, option: string, value: string) =>
    availability(shirts, options, choice, option, value);
  assert.equal(of({}, 'Colour', 'Blue'), 'sold-out');
  assert.equal(of({}, 'Size', 'S'), 'there');
  assert.equal(of({}, 'Size', 'L'), 'sold-out');
  assert.equal(of({ Size: 'M' }, 'Colour', 'Red'), 'there');
  assert.equal(of({ Size: 'M' }, 'Colour', 'Blue'), 'not-made');
  assert.equal(of({ Size: 'S' }, 'Size', 'M'), 'there');
});

test('a choice that does not go with an earlier one takes that back', () => {
  assert.deepEqual(choose(shirts, options, { Size: 'S' }, 'Colour', 'Red'), { Colour: 'Red', Size: 'S' });
  assert.deepEqual(choose(shirts, options, { Size: 'S', Colour: 'Red' }, 'Colour', 'Green'), { Colour: 'Green' });
});

test('the address names a variant, in any case', () => {
  assert.deepEqual(firstChoice(shirts, options, 'm-red'), { Size: 'M', Colour: 'Red' });
  assert.deepEqual(firstChoice(shirts, options, 'nothing'), {});
  assert.deepEqual(firstChoice([variant('S', 'Red'), variant('M', 'Red')], options, null), { Colour: 'Red' });
});
