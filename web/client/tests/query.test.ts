import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient } from '../src/index.ts';

/** A client of a shop that answers with two pages, and what it was asked. */
function listing() {
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    asked.push(new URL(request.url).search);
    const pagination = { total: 2, page: 1, limit: 1, totalPages: 2, nextCursor: asked.length === 1 ? 'AAAA' : null };
    return Response.json({ statusCode: 200, message: 'Products.', data: [{ slug: `p${asked.length}` }], pagination });
  };
  return { asked, client: createClient({ baseUrl: 'https://api.test', fetch }) };
}

test('attributes and options are sent by their names, once for each value', async () => {
  const { asked, client } = listing();
  await client.GET('/api/v1/products/search', {
    params: {
      query: {
        q: 'red & blue',
        brand: 'acme,bolt',
        inStock: true,
        attributes: { Material: ['Cotton', 'Linen'], 'Größe 1': ['a=b'] },
        options: { Size: ['M'] },
        sort: 'price:asc',
      },
    },
  });
  const query = new URLSearchParams(asked[0]);
  assert.deepEqual(query.getAll('attributes[Material]'), ['Cotton', 'Linen']);
  assert.deepEqual(query.getAll('attributes[Größe 1]'), ['a=b']);
  assert.deepEqual(query.getAll('options[Size]'), ['M']);
  assert.deepEqual(
    ['q', 'brand', 'inStock', 'sort'].map((name) => query.get(name)),
    ['red & blue', 'acme,bolt', 'true', 'price:asc'],
  );
});

test('what is not given is not sent', async () => {
  const { asked, client } = listing();
  await client.GET('/api/v1/products', { params: { query: { category: undefined, attributes: {}, limit: 5 } } });
  assert.equal(asked[0], '?limit=5');
});

test('a list that begins at a page goes on by its cursor', async () => {
  const { asked, client } = listing();
  const slugs: string[] = [];
  const query = { page: 1, limit: 1, options: { Size: ['M'] } };
  for await (const { slug } of client.list('/api/v1/products', { params: { query } })) slugs.push(slug);
  assert.deepEqual(slugs, ['p1', 'p2']);
  assert.equal(asked[1], '?limit=1&options%5BSize%5D=M&cursor=AAAA');
});
