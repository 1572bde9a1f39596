import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newQueue, type Page, step } from '../src/orders/queue.ts';

const HOW = { filter: {}, sort: { field: 'createdAt', order: 'ASC' }, perPage: 2 } as const;
const QUEUE = { ...newQueue(HOW), ids: ['c', 'd'], first: 2, last: 2 };
const PAGES: Record<number, Page> = {
  1: { ids: ['a', 'b'], isEnd: false },
  2: { ids: ['c', 'd'], isEnd: false },
  3: { ids: ['d', 'e'], isEnd: true },
};
const read = async (page: number) => PAGES[page] as Page;

test('an order that left the list meanwhile keeps its place in the queue', async () => {
  const nothing = async () => assert.fail('nothing is read');
  assert.equal((await step(QUEUE, 'c', 1, nothing)).id, 'd');
  assert.equal((await step(QUEUE, 'd', -1, nothing)).id, 'c');
});

test('the pages before and after are read when they are needed', async () => {
  const after = await step(QUEUE, 'd', 1, read);
  assert.equal(after.id, 'e');
  assert.deepEqual(after.queue.ids, ['c', 'd', 'e']);
  assert.equal((await step(after.queue, 'e', 1, read)).id, undefined);
  const before = await step(QUEUE, 'c', -1, read);
  assert.equal(before.id, 'b');
  assert.equal((await step(before.queue, 'a', -1, read)).id, undefined);
});

test('from an order of no list the next one is the first of the queue', async () => {
  assert.equal((await step(newQueue(HOW), 'of a link', 1, read)).id, 'a');
  assert.equal((await step(newQueue(HOW), 'b', 1, read)).id, 'c');
  assert.equal((await step(newQueue(HOW), 'of a link', -1, read)).id, undefined);
});
