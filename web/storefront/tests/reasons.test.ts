import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../src/i18n/en/index.ts';
import { filterReason } from '../src/ui/reasons.ts';

test('why a filter was refused is never told in the words of the shop, which are English', () => {
  assert.equal(filterReason('page', 'ends at product 10000; use the cursor to go on'), en['list.noSuchPage']);
  assert.equal(filterReason('minPrice', 'must be a whole number'), en['list.refused']);
  assert.equal(filterReason('maxPrice', 'must not be below minPrice'), en['reason.priceRange']);
});
