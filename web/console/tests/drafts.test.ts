import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Shown, withDrafts } from '../src/products/drafts.ts';

const picture = (id: string, alt = '') => ({ id, alt, shows: null, urls: {} }) as unknown as Shown;

test('what is not saved yet stays when a picture is added or deleted', () => {
  const drafts = [picture('c'), picture('a', 'A lantern'), picture('b')];
  assert.deepEqual(withDrafts([picture('a'), picture('c'), picture('d')], drafts), [
    picture('c'),
    picture('a', 'A lantern'),
    picture('d'),
  ]);
  assert.deepEqual(withDrafts([picture('a')], []), [picture('a')]);
});
