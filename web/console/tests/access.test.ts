import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { mayUse, PERMISSIONS } from '../src/session/access.ts';

const source = readFileSync(new URL('../../../lib/domain/src/access.rs', import.meta.url), 'utf8');

/** The permissions of a role in the shop's own code. */
function permissionsOf(role: string): string[] {
  const list = new RegExp(`Self::${role} => &\\[([^\\]]*)\\]`).exec(source)?.[1] ?? '';
  const nameOf = (variant: string) => new RegExp(`Self::${variant} => "([^"]+)"`).exec(source)?.[1] ?? variant;
  return [...list.matchAll(/Permission::(\w+)/g)].map(([, variant = '']) => nameOf(variant)).sort();
}

test('the roles have the permissions that the shop gives them', () => {
  assert.ok(permissionsOf('Admin').length > 15);
  assert.deepEqual([...PERMISSIONS.admin].sort(), permissionsOf('Admin'));
  assert.deepEqual([...PERMISSIONS.support].sort(), permissionsOf('Support'));
  assert.deepEqual(PERMISSIONS.customer, []);
});

test('support sees the page of a product and does not change it', () => {
  assert.ok(mayUse(PERMISSIONS.support, 'products', 'list'));
  assert.ok(mayUse(PERMISSIONS.support, 'products', 'edit'));
  assert.ok(!mayUse(PERMISSIONS.support, 'products', 'create'));
  assert.ok(!mayUse(PERMISSIONS.support, 'brands', 'edit'));
  assert.ok(!mayUse(PERMISSIONS.support, 'webhooks', 'list'));
  assert.ok(mayUse(PERMISSIONS.admin, 'products', 'create'));
  assert.ok(!mayUse(PERMISSIONS.admin, 'audit', 'delete'));
});
