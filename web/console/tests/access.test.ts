import assert from 'node:assert/strict';
import test from 'node:test';

import { mayUse } from '../src/session/access.ts';

test('whoever may not change a resource sees it, and the pages of products and of stock levels', () => {
  const may = (resource: string, action: string) => mayUse(['products:read', 'inventory:read'], resource, action);
  assert.ok(may('products', 'list'));
  assert.ok(may('products', 'edit'));
  assert.ok(may('stock', 'edit'));
  assert.ok(!may('products', 'create'));
  assert.ok(!may('brands', 'edit'));
  assert.ok(!may('webhooks', 'list'));
});

test('a permission to change is one to create, to edit and to delete', () => {
  const may = (resource: string, action: string) => mayUse(['products:read', 'products:write'], resource, action);
  for (const action of ['create', 'edit', 'delete']) assert.ok(may('brands', action), action);
});

test('what the API cannot change, nobody may change', () => {
  assert.ok(mayUse(['audit:read'], 'audit', 'list'));
  assert.ok(!mayUse(['audit:read'], 'audit', 'delete'));
});

test('without permissions nothing is seen', () => {
  assert.ok(!mayUse([], 'orders', 'list'));
});
