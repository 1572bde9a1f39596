import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReadable } from '../src/ui/address.ts';

test('an address can be read unless it has half a letter, or begins like the name of another server', () => {
  for (const path of ['/', '/products/caf%C3%A9', '/products/a%2Fb', '/search?q=100%', '/not//there'])
    assert.ok(isReadable(path), path);
  for (const path of ['/products/%ZZ', '/products/%C3/%A9', '/%', '//', '//%']) assert.ok(!isReadable(path), path);
});
