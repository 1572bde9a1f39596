import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient, isKontorError, memoryStorage, usable, webStorage } from '../src/index.ts';
import { fakeShop, ok, QUICK, refused, tokens } from './fake_shop.ts';

const MINE = 'GET /api/v1/reviews/mine';
const ITEM = { body: { sku: 'SHIRT', quantity: 1 } };
const ORDER = {
  body: {
    email: 'ada@example.com',
    paymentMethod: 'checkout_session',
    shippingAddress: { name: 'Ada', line1: '1 Harbour Street', city: 'Berlin', postalCode: '10115', country: 'DE' },
  },
} as const;

test('the token of a cart is sent with everything about carts, also after the page was left, and a new one takes its place', async (t) => {
  const shop = await fakeShop(t, ({ name }, { count }) =>
    name === 'POST /api/v1/cart/items' ? ok({}, { 'cart-token': `cart-${count(name)}` }) : ok({}),
  );
  const storage = memoryStorage();
  const page = () => createClient({ baseUrl: shop.url, storage, ...QUICK });
  await page().POST('/api/v1/cart/items', ITEM);
  await page().POST('/api/v1/quotes', { body: { country: 'DE' } });
  await page().POST('/api/v1/cart/items', ITEM);
  await page().GET('/api/v1/cart');
  await page().GET('/api/v1/products');
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['cart-token']),
    [undefined, 'cart-1', 'cart-1', 'cart-2', undefined],
  );
});

test('what a guest puts into the cart at once goes into one cart, also if one of it is refused', async (t) => {
  const shop = await fakeShop(t, ({ json }, { asked }) => {
    if (json['quantity'] === 99) return refused(409, 'not_enough_stock');
    return ok({}, asked.length === 1 ? { 'cart-token': 'cart-1' } : {});
  });
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  const add = (quantity: number) => client.POST('/api/v1/cart/items', { body: { sku: 'SHIRT', quantity } });
  const results = await Promise.allSettled([add(1), add(99), add(2)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['cart-token']),
    [undefined, 'cart-1', 'cart-1'],
  );
});

test('the cart of a guest who signs in is sent once more and then forgotten', async (t) => {
  const shop = await fakeShop(t, ({ name }) => {
    if (name === 'POST /api/v1/cart/items') return ok({}, { 'cart-token': 'cart-1' });
    return ok(name === 'POST /api/v1/auth/login' ? tokens(1) : {});
  });
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.POST('/api/v1/cart/items', ITEM);
  await client.signIn('ada@example.com', 'a long sentence');
  await client.GET('/api/v1/cart');
  await client.GET('/api/v1/cart');
  const sent = shop.asked.slice(-2).map(({ headers }) => [headers.authorization, headers['cart-token']]);
  assert.deepEqual(sent, [
    ['Bearer access-1', 'cart-1'],
    ['Bearer access-1', undefined],
  ]);
});

test('a cart token that the shop cannot read is forgotten', async (t) => {
  const shop = await fakeShop(t, ({ headers }) =>
    headers['cart-token'] ? refused(400, 'invalid_cart_token') : ok({}),
  );
  const storage = memoryStorage();
  await storage.set('cart-token', 'broken');
  const client = createClient({ baseUrl: shop.url, storage, ...QUICK });
  await assert.rejects(client.GET('/api/v1/cart'), (error) => isKontorError(error, 'invalid_cart_token'));
  await client.GET('/api/v1/cart');
});

test('the token of an order is sent with all that is about this order and its payment', async (t) => {
  const shop = await fakeShop(t, ({ name }) =>
    ok(name === 'POST /api/v1/orders' ? { id: 'ord_1', token: 'order-token' } : {}),
  );
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.POST('/api/v1/orders', ORDER);
  await client.GET('/api/v1/orders/{id}', { params: { path: { id: 'ord_1' } } });
  await client.GET('/api/v1/payments/{id}', { params: { path: { id: 'pay_1' } } });
  await client.POST('/api/v1/payments/checkout-session', { body: { orderId: 'ord_1' } });
  await client.GET('/api/v1/orders/{id}', { params: { path: { id: 'ord_2' } } });
  const sent = shop.asked.slice(1).map(({ headers }) => headers['order-token']);
  assert.deepEqual(sent, ['order-token', 'order-token', 'order-token', undefined]);
});

test('tokens of links and of exchanges are kept too', async (t) => {
  const shop = await fakeShop(t, ({ name }) => ok(name.endsWith('/token') ? { token: 'exchanged' } : {}));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.keepOrderToken('ord_1', 'mailed');
  await client.POST('/api/v1/orders/{id}/token', {
    params: { path: { id: 'ord_2' } },
    body: { exchange: 'of Stripe' },
  });
  for (const id of ['ord_1', 'ord_2']) await client.GET('/api/v1/orders/{id}/track', { params: { path: { id } } });
  assert.deepEqual(
    shop.asked.slice(-2).map(({ headers }) => headers['order-token']),
    ['mailed', 'exchanged'],
  );
});

test('who confirms an order on another device has its token there', async (t) => {
  const shop = await fakeShop(t, () => ok({ id: 'ord_1', token: 'order-token' }));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  assert.equal(await client.hasOrderToken('ord_1'), false);
  await client.POST('/api/v1/orders/confirm', { body: { token: 'mailed' } });
  assert.equal(await client.hasOrderToken('ord_1'), true);
  await client.GET('/api/v1/orders/{id}', { params: { path: { id: 'ord_1' } } });
  assert.equal(shop.asked.at(-1)?.headers['order-token'], 'order-token');
});

test('who wrote a review as a guest changes it with the token of the order', async (t) => {
  const shop = await fakeShop(t, () => ok({ id: 'rev_7' }));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.keepOrderToken('ord_1', 'mailed');
  await client.POST('/api/v1/reviews', { body: { productId: 'prd_1', orderId: 'ord_1', stars: 4 } });
  await client.PATCH('/api/v1/reviews/{id}', { params: { path: { id: 'rev_7' } }, body: { stars: 5 } });
  await client.DELETE('/api/v1/reviews/{id}', { params: { path: { id: 'rev_8' } } });
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['order-token']),
    ['mailed', 'mailed', undefined],
  );
});

test('a guest reads the own reviews of an order, changes them, and still has the order', async (t) => {
  const reviews = Array.from({ length: 20 }, (_, n) => ({ id: `rev_${n + 1}` }));
  const shop = await fakeShop(t, ({ name }) => ({
    body: { data: name === MINE ? reviews : {}, pagination: { limit: 100, nextCursor: null } },
  }));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.keepOrderToken('ord_2', 'of another');
  await client.keepOrderToken('ord_1', 'mailed');
  const mine = { params: { query: { limit: 100, orderId: 'ord_1' } } };
  for await (const { id } of client.list('/api/v1/reviews/mine', mine)) assert.match(id, /^rev_/);
  await client.PATCH('/api/v1/reviews/{id}', { params: { path: { id: 'rev_20' } }, body: { stars: 5 } });
  for (const id of ['ord_1', 'ord_2']) await client.GET('/api/v1/orders/{id}', { params: { path: { id } } });
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['order-token']),
    ['mailed', 'mailed', 'mailed', 'of another'],
  );
});

test('without storage of the browser everything is kept until the page is left', async (t) => {
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  t.after(() => Reflect.deleteProperty(globalThis, 'localStorage'));
  const storage = webStorage();
  await storage.set('cart-token', 'cart-1');
  assert.equal(await storage.get('cart-token'), 'cart-1');
  assert.equal(await webStorage().get('cart-token'), null);
});

test('what a full storage of the browser does not take is kept until the page is left', () => {
  const texts = new Map([['language', 'en']]);
  const full = {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    },
    removeItem: (key: string) => void texts.delete(key),
  } as unknown as globalThis.Storage;
  const storage = usable(() => full);
  storage.setItem('language', 'de');
  assert.equal(storage.getItem('language'), 'de');
  storage.removeItem('language');
  assert.equal(storage.getItem('language'), null);
});

test('storage that somebody else wrote into is no obstacle', async (t) => {
  const shop = await fakeShop(t, () => ok({}));
  const storage = memoryStorage();
  await storage.set('order-tokens', '{broken');
  const client = createClient({ baseUrl: shop.url, storage, ...QUICK });
  await client.GET('/api/v1/orders/{id}', { params: { path: { id: 'ord_1' } } });
  await client.keepOrderToken('ord_1', 'mailed');
  await client.GET('/api/v1/orders/{id}', { params: { path: { id: 'ord_1' } } });
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['order-token']),
    [undefined, 'mailed'],
  );
});

test('an order that was placed is answered, even if the storage is full', async (t) => {
  const shop = await fakeShop(t, () => ok({ id: 'ord_1', token: 'order-token' }));
  const full = () => {
    throw new Error('The quota has been exceeded.');
  };
  const client = createClient({ baseUrl: shop.url, storage: { get: () => null, set: full }, ...QUICK });
  const { data } = await client.POST('/api/v1/orders', ORDER);
  assert.equal(data.token, 'order-token');
});

test('only the newest twenty orders are kept', async (t) => {
  const shop = await fakeShop(t, () => ok({}));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await Promise.all(Array.from({ length: 21 }, (_, n) => client.keepOrderToken(`ord_${n + 1}`, `token-${n + 1}`)));
  for (const id of ['ord_1', 'ord_2']) await client.GET('/api/v1/orders/{id}', { params: { path: { id } } });
  assert.deepEqual(
    shop.asked.map(({ headers }) => headers['order-token']),
    [undefined, 'token-2'],
  );
});
