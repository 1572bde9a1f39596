import assert from 'node:assert/strict';
import { test } from 'node:test';

import { edited, isOvertaken, NO_DRAFTS, type Shown, withDrafts } from '../src/products/drafts.ts';

const picture = (id: string, alt = '') => ({ id, alt, shows: null, urls: {} }) as unknown as Shown;

test('what is not saved yet stays when a picture is added or deleted', () => {
  const drafts = edited({ ...NO_DRAFTS, order: ['c', 'a', 'b'] }, picture('a'), { alt: 'A lantern' });
  assert.deepEqual(withDrafts([picture('a'), picture('c'), picture('d')], drafts), [
    picture('c'),
    picture('a', 'A lantern'),
    picture('d'),
  ]);
  assert.deepEqual(withDrafts([picture('a')], NO_DRAFTS), [picture('a')]);
});

test('a text that somebody else wrote is kept, and told where there are two', () => {
  const drafts = edited(NO_DRAFTS, picture('a'), { alt: 'Mine' });
  const now = [picture('a', 'Theirs'), picture('b', 'Theirs')];
  assert.deepEqual(withDrafts(now, drafts), [picture('a', 'Mine'), picture('b', 'Theirs')]);
  assert.deepEqual(
    now.map((image) => isOvertaken(drafts, image, 'alt')),
    [true, false],
  );
  const typedOn = edited(drafts, picture('a', 'Theirs'), { alt: 'Still mine' });
  assert.ok(isOvertaken(typedOn, picture('a', 'Theirs'), 'alt'));
  assert.ok(!isOvertaken(drafts, picture('a', 'Mine'), 'alt'));
});
