import assert from 'node:assert/strict';
import test from 'node:test';

import { Cursors, lengthOf, type PageQuery, pageOf } from '../src/data/pages.ts';

/** A list of numbers whose cursor is the place of the next one. */
function listOf(count: number) {
  const asked: PageQuery[] = [];
  const read = async (query: PageQuery) => {
    asked.push(query);
    const from = Number(query.cursor ?? 0);
    const to = Math.min(from + query.limit, count);
    const data = Array.from({ length: to - from }, (_, index) => ({ number: from + index }));
    return { data, pagination: { nextCursor: to < count ? String(to) : null } };
  };
  return { asked, read };
}

/** What a tab keeps. */
function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  };
}

test('pages follow each other with one request each', async () => {
  const cursors = new Cursors(storage());
  const { asked, read } = listOf(25);
  for (const [page, first] of [
    [1, 0],
    [2, 10],
    [3, 20],
    [2, 10],
  ] as const)
    assert.deepEqual((await cursors.page('all', page, 10, read)).data[0], { number: first });
  assert.equal(asked.length, 4);
});

test('a page that is opened by its address is reached from the beginning', async () => {
  const { asked, read } = listOf(25);
  const page = await new Cursors(storage()).page('all', 3, 10, read);
  assert.equal(page.data.length, 5);
  assert.equal(page.pagination?.nextCursor, null);
  assert.equal(asked.length, 3);
});

test('after a reload, a list goes on where it was', async () => {
  const tab = storage();
  const { asked, read } = listOf(25);
  await new Cursors(tab).page('all', 1, 10, read);
  const page = await new Cursors(tab).page('all', 2, 10, read);
  assert.deepEqual(page.data[0], { number: 10 });
  assert.deepEqual(asked.at(-1), { limit: 10, cursor: '10' });
  assert.equal(asked.length, 2);
});

test('the cursors of a bounded number of lists are kept', async () => {
  const tab = storage();
  const { asked, read } = listOf(25);
  for (let list = 0; list < 30; list += 1) await new Cursors(tab).page(`${list}`, 1, 10, read);
  const kept = JSON.parse(tab.getItem('kontor.console.cursors') ?? '') as unknown[];
  assert.equal(kept.length, 20);
  await new Cursors(tab).page('0', 2, 10, read);
  assert.equal(asked.length, 32);
});

test('a page after the last one is empty', async () => {
  const { read } = listOf(5);
  assert.deepEqual((await new Cursors(storage()).page('all', 4, 10, read)).data, []);
});

test('empty pages are passed over', async () => {
  let read = 0;
  const page = await new Cursors(storage()).page('all', 1, 10, async () => {
    read += 1;
    return read < 3
      ? { data: [], pagination: { nextCursor: String(read) } }
      : { data: [{}], pagination: { nextCursor: null } };
  });
  assert.equal(page.data.length, 1);
  assert.equal(read, 3);
});

test('the last page tells how long a list is, if it counts what it lists', () => {
  const more = { pageInfo: { hasNextPage: true, hasPreviousPage: false } };
  assert.deepEqual(lengthOf({ nextCursor: 'a', total: 70 }, 0, 25, true), { total: 70 });
  assert.deepEqual(lengthOf({ nextCursor: 'a' }, 0, 25, true), more);
  assert.deepEqual(lengthOf({ nextCursor: null }, 50, 3, true), { total: 53 });
  assert.deepEqual(lengthOf({ nextCursor: null }, 25, 80, false), {
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  });
});

test('a list that came whole is filtered, sorted and cut into pages', () => {
  const all = ['Cup', 'Apron', 'Bowl', 'Cap'].map((name) => ({ id: name, name }));
  const sort = { field: 'name', order: 'ASC' };
  assert.deepEqual(pageOf(all, 'c', sort, 1, 1), { data: [{ id: 'Cap', name: 'Cap' }], total: 2 });
  assert.equal(pageOf(all, '', { ...sort, order: 'DESC' }, 1, 10).data[0], all[0]);
});
