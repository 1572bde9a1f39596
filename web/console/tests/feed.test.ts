import assert from 'node:assert/strict';
import test from 'node:test';

import { pageOf, titleOf } from '../src/dashboard/pages.ts';

const REVIEW = { type: 'review.submitted', link: '/api/v1/products/prd_1' } as const;
const LOW = { type: 'stock.low', link: '/api/v1/inventory/LAMP-S' } as const;

test('a message leads to what staff do about it', () => {
  assert.equal(decodeURIComponent(pageOf(REVIEW)), '/reviews?filter={"state":"pending"}');
  assert.equal(pageOf(LOW), '/stock/LAMP-S');
  assert.equal(pageOf({ type: 'order.paid', link: '/api/v1/orders/ord_1' }), '/orders/ord_1/show');
  assert.equal(pageOf({ type: 'return.requested', link: '/api/v1/orders/ord_1/returns/ret_1' }), '/orders/ord_1/show');
});

test('a message names the SKU', () => {
  assert.equal(titleOf(LOW), 'Stock low: LAMP-S');
  assert.equal(titleOf(REVIEW), 'Review submitted');
});
