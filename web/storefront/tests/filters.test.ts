import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Filters,
  isWhole,
  queryOf,
  readFilters,
  toggledIn,
  valuesIn,
  withoutFilters,
  writeFilters,
} from '../src/catalogue/filters.ts';

const full =
  '?q=linen+shirt&category=shirts&brand=acme,bolt&minPrice=1000&maxPrice=5000&inStock=true&onOffer=true&rating=4.5' +
  '&options[Size]=M&options[Size]=L&attributes[Material]=Cotton+%26+silk&sort=price:asc&page=2';

test('an address is read and written without a change', () => {
  assert.equal(writeFilters(readFilters(full)), full);
  assert.equal(writeFilters(readFilters('')), '');
});

test('what is as usual is not in the address', () => {
  assert.equal(writeFilters({ ...readFilters(''), page: 1, brand: [], inStock: false }), '');
  assert.equal(writeFilters(readFilters('?page=1&q=&brand=,')), '');
});

test('what nobody can mean is left out', () => {
  const filters = readFilters('?page=-3&minPrice=abc&rating=0&sort=magic&inStock=maybe&options[]=M&options[Size]=');
  assert.deepEqual(filters, readFilters(''));
});

test('the query for the API has the names of the API', () => {
  assert.deepEqual(queryOf(readFilters(full)), {
    q: 'linen shirt',
    category: 'shirts',
    brand: 'acme,bolt',
    minPrice: 1000,
    maxPrice: 5000,
    inStock: true,
    onOffer: true,
    rating: 4.5,
    options: { Size: ['M', 'L'] },
    attributes: { Material: ['Cotton & silk'] },
    sort: 'price:asc',
    page: 2,
    limit: 24,
  });
  assert.deepEqual(queryOf(readFilters('')), { page: 1, limit: 24 });
});

test('a choice is made and taken back, and an empty group is gone', () => {
  const once = toggledIn({ Colour: ['Red'] }, 'Size', 'M');
  assert.deepEqual(once, { Colour: ['Red'], Size: ['M'] });
  assert.deepEqual(toggledIn(once, 'Size', 'L'), { Colour: ['Red'], Size: ['M', 'L'] });
  assert.deepEqual(toggledIn(once, 'Size', 'M'), { Colour: ['Red'] });
});

test('a group may have the name of something that every object has', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    const address = `?options[${name}]=x`;
    const { options } = readFilters(address);
    assert.equal(writeFilters({ options }), address);
    assert.deepEqual(valuesIn(options, name), ['x']);
    assert.deepEqual(valuesIn({}, name), []);
    assert.equal(writeFilters({ options: toggledIn({}, name, 'x') }), address);
    assert.equal(writeFilters({ options: toggledIn(options, name, 'x') }), '');
  }
});

test('without filters the words, the category and the order stay', () => {
  const filters: Filters = readFilters(full);
  assert.equal(writeFilters(withoutFilters(filters)), '?q=linen+shirt&category=shirts&sort=price:asc');
});

test('a whole list has no filters and the usual order, on any page of it', () => {
  for (const whole of ['', '?page=2', '?category=shirts&page=3']) assert.ok(isWhole(readFilters(whole)), whole);
  for (const part of ['?q=shirt', '?sort=newest', '?inStock=true&page=2', '?options[Size]=M'])
    assert.ok(!isWhole(readFilters(part)), part);
});
