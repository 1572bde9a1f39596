import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient, isKontorError } from '../src/index.ts';
import { fakeShop, ok, QUICK, refused } from './fake_shop.ts';

const ITEM = { body: { sku: 'SHIRT', quantity: 1 } };
const ITEMS = 'POST /api/v1/cart/items';
const COUPON = { body: { code: 'SUMMER-20' } };
const key = ({ headers }: { headers: Record<string, unknown> }) => headers['idempotency-key'];

test('all tries of one call have the same idempotency key, and the next call has another', async (t) => {
  const replies = ['lost' as const, refused(503, 'busy'), ok({ items: [] }), ok({ items: [] })];
  const shop = await fakeShop(t, (_, { asked }) => replies[asked.length - 1] ?? assert.fail('too many'));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.POST('/api/v1/cart/items', ITEM);
  await client.POST('/api/v1/cart/items', ITEM);
  const [first, second, third, other] = shop.asked.map(key);
  assert.match(String(first), /^[0-9a-f-]{36}$/);
  assert.deepEqual([second, third], [first, first]);
  assert.notEqual(other, first);
  assert.ok(shop.asked.every(({ body }) => body === JSON.stringify(ITEM.body)));
});

test('a key of the caller is sent as it is', async (t) => {
  const shop = await fakeShop(t, (_, { asked }) => (asked.length === 1 ? 'lost' : ok({})));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.POST('/api/v1/cart/items', { ...ITEM, params: { header: { 'Idempotency-Key': 'mine' } } });
  assert.deepEqual(shop.asked.map(key), ['mine', 'mine']);
});

test('a change without a key is sent once, whatever becomes of it', async (t) => {
  for (const reply of ['lost' as const, refused(503, 'busy'), refused(429, 'rate_limited', { 'retry-after': '0' })]) {
    const shop = await fakeShop(t, () => reply);
    const client = createClient({ baseUrl: shop.url, ...QUICK });
    await assert.rejects(client.POST('/api/v1/cart/coupon', COUPON), (error) =>
      isKontorError(error, 'network_error', 'busy', 'rate_limited'),
    );
    await assert.rejects(client.PATCH('/api/v1/users/me', { body: { name: 'Ada' } }));
    assert.equal(shop.asked.length, 2);
  }
});

test('reading is repeated after a lost answer, a busy shop and a failure of the gateway', async (t) => {
  for (const reply of [
    'lost' as const,
    refused(503, 'busy'),
    { status: 502, body: { message: 'Bad gateway' } },
    { status: 429, body: { message: 'Too Many Requests' } },
  ]) {
    const shop = await fakeShop(t, (_, { asked }) => (asked.length === 1 ? reply : ok({ units: 3 })));
    const { data } = await createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart');
    assert.equal(data.units, 3);
    assert.equal(shop.asked.length, 2);
  }
});

test('an error of the shop itself is final', async (t) => {
  const shop = await fakeShop(t, () => refused(500, 'internal'));
  await assert.rejects(createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart'), (error) =>
    isKontorError(error, 'internal'),
  );
  assert.equal(shop.asked.length, 1);
});

test('a request whose first try is still being carried out is repeated', async (t) => {
  const shop = await fakeShop(t, (_, { asked }) =>
    asked.length === 1 ? refused(409, 'idempotency_key_in_flight') : ok({}),
  );
  await createClient({ baseUrl: shop.url, ...QUICK }).POST('/api/v1/cart/items', ITEM);
  assert.equal(shop.count(ITEMS), 2);
});

test('the client waits as long as the shop says', async (t) => {
  const shop = await fakeShop(t, (_, { asked }) =>
    asked.length === 1 ? refused(503, 'busy', { 'retry-after': '1' }) : ok({}),
  );
  await createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart');
  const [first, second] = shop.asked;
  // Timers may be a millisecond early.
  assert.ok(first && second && second.at - first.at >= 990);
});

test('a wait that would be too long is left to the caller', async (t) => {
  const shop = await fakeShop(t, () => refused(429, 'rate_limited', { 'retry-after': '900' }));
  const asking = createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart');
  await assert.rejects(asking, (error) => isKontorError(error, 'rate_limited') && error.retryAfter === 900);
  assert.equal(shop.asked.length, 1);
});

test('tries end, and the last error is told', async (t) => {
  const shop = await fakeShop(t, () => refused(503, 'busy', { 'retry-after': '0' }));
  await assert.rejects(createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart'), (error) =>
    isKontorError(error, 'busy'),
  );
  assert.equal(shop.asked.length, QUICK.repeats.tries);
});

test('no answer at all ends after the time of all tries', async (t) => {
  const shop = await fakeShop(t, () => 'never');
  const asking = createClient({ baseUrl: shop.url, repeats: { within: 100 } }).GET('/api/v1/cart');
  await assert.rejects(asking, (error) => isKontorError(error, 'timed_out'));
});

test('the caller can give up while a request is under way', async (t) => {
  const giveUp = new AbortController();
  const shop = await fakeShop(t, () => {
    giveUp.abort(new Error('Enough.'));
    return 'never';
  });
  await assert.rejects(createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/cart', { signal: giveUp.signal }), {
    message: 'Enough.',
  });
});

test('the caller can give up while the client waits for the next try', async (t) => {
  const shop = await fakeShop(t, () => refused(503, 'busy', { 'retry-after': '20' }));
  const giveUp = new AbortController();
  const fetch = async (request: Request) => {
    const response = await globalThis.fetch(request);
    setTimeout(() => giveUp.abort(new Error('Enough.')), 10);
    return response;
  };
  const started = Date.now();
  await assert.rejects(
    createClient({ baseUrl: shop.url, fetch, ...QUICK }).GET('/api/v1/cart', { signal: giveUp.signal }),
    { message: 'Enough.' },
  );
  assert.ok(Date.now() - started < 15_000);
  assert.equal(shop.asked.length, 1);
});
