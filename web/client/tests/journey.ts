// A whole purchase on a deployed local cloud, through the client alone, in Node and then in a browser.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  type Client,
  createClient,
  type ErrorCode,
  formatMoney,
  isKontorError,
  memoryStorage,
  type OrderBody,
} from '../src/index.ts';
import { inBrowser } from './browser.ts';
import { api, PASSWORD, RUN, STAFF, staff, until } from './cloud.ts';
import type { Facts, Saw } from './page.ts';

const SKU = `CLIENT-SHIRT-${RUN}`;
const COUPON = `CLIENT-${RUN}`;
const shippingAddress = {
  name: 'Ada Lovelace',
  line1: '1 Harbour Street',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

const price = { amount: 1999, currency: 'usd' };
const admin = await staff();

const refusedWith = (code: ErrorCode) => (error: unknown) => isKontorError(error, code);

async function paid(client: Client, id: string): Promise<OrderBody> {
  return await until(async () => {
    const { data } = await client.GET('/api/v1/orders/{id}', { params: { path: { id } } });
    return data.paymentStatus === 'paid' ? data : undefined;
  });
}

/** What a buyer does on Stripe's page: pays, and goes back to the shop. */
async function payAtStripe(checkoutUrl: string | null): Promise<URL> {
  const page = await fetch(checkoutUrl ?? '', { method: 'POST', body: new URLSearchParams({ card: 'pay' }) });
  assert.equal(page.status, 200);
  const back = (await page.text()).match(/<a href="([^"]+)"/)?.[1] ?? '';
  return new URL(back.replaceAll('&amp;', '&'));
}

test('staff fill a shop, a guest buys, and staff give money back', async () => {
  const { data: product } = await admin.POST('/api/v1/products', {
    body: { name: `Shirt ${RUN}`, sku: SKU, stock: 5, status: 'active', price },
  });
  await admin.POST('/api/v1/coupons', { body: { code: COUPON, percent: 10 } });

  // Browse.
  const storage = memoryStorage();
  const guest = createClient({ baseUrl: api, storage });
  const { data: shop } = await guest.GET('/api/v1/shop');
  assert.equal(formatMoney(price, shop.currency, 'en-US'), '$19.99');
  const found = await until(async () => {
    for await (const one of guest.list('/api/v1/products', { params: { query: { limit: 2 } } })) {
      if (one.id === product.id) return one;
    }
    return undefined;
  });
  const { data: seen } = await guest.GET('/api/v1/products/{id}', { params: { path: { id: found.slug } } });
  assert.deepEqual(seen.variants[0]?.price, price);

  // Cart and coupon. Twenty of five is refused, with a typed code.
  const add = (quantity: number) => guest.POST('/api/v1/cart/items', { body: { sku: SKU, quantity } });
  await assert.rejects(add(20), refusedWith('not_enough_stock'));
  await add(2);
  await guest.POST('/api/v1/cart/coupon', { body: { code: COUPON } });
  const { data: quote } = await guest.POST('/api/v1/quotes', { body: { country: 'DE' } });
  assert.ok(quote.orderable);
  assert.equal(quote.totals.discount.amount, 400);

  // Order, once, though it is sent twice.
  const order = {
    params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
    body: {
      email: 'client.guest@example.com',
      paymentMethod: 'checkout_session',
      shippingAddress,
      expectedTotal: quote.totals.total,
    },
  } as const;
  const [{ data: placed }, { data: again }] = [
    await guest.POST('/api/v1/orders', order),
    await guest.POST('/api/v1/orders', order),
  ];
  assert.equal(again.id, placed.id);
  const path = { id: placed.id };

  // Pay, and come back in a page that has nothing but the address.
  const back = await payAtStripe(placed.payment.checkoutUrl);
  const exchange = back.searchParams.get('exchange') ?? '';
  const returned = createClient({ baseUrl: api });
  await assert.rejects(returned.GET('/api/v1/orders/{id}', { params: { path } }), refusedWith('order_not_found'));
  await returned.POST('/api/v1/orders/{id}/token', { params: { path }, body: { exchange } });
  const order1 = await paid(returned, placed.id);
  assert.deepEqual(order1.totals.total, quote.totals.total);

  // Look, with the token that the first page kept.
  const later = createClient({ baseUrl: api, storage });
  const { data: track } = await later.GET('/api/v1/orders/{id}/track', { params: { path } });
  assert.equal(track.status, 'paid');

  // One of the two comes back.
  const items = [{ id: order1.items[0]?.id ?? '', quantity: 1 }];
  const refund = { params: { path: { id: order1.payment.id } }, body: { items, restock: true, reason: 'Too small' } };
  const { data: refunded } = await admin.POST('/api/v1/payments/{id}/refunds', refund);
  assert.deepEqual([refunded.status, refunded.amount.amount], ['succeeded', 1799]);
  const { data: now } = await later.GET('/api/v1/orders/{id}', { params: { path } });
  assert.equal(now.paymentStatus, 'partially_refunded');

  // A file of stock.
  const progress: number[] = [];
  const sheet = new Blob([`sku,on_hand\n${SKU},9\n`], { type: 'text/csv' });
  const upload = await admin.upload(sheet, { for: 'stock', onProgress: (sent) => progress.push(sent) });
  assert.equal(upload.state, 'finished', JSON.stringify(upload));
  assert.deepEqual(progress, [sheet.size]);
});

test('a session ends with signing out', async () => {
  const client = createClient({ baseUrl: api });
  await assert.rejects(client.signIn(STAFF, 'a wrong sentence'), refusedWith('invalid_credentials'));
  const { user } = await client.signIn(STAFF, PASSWORD);
  assert.equal(user?.role, 'admin');
  await client.signOut();
  await assert.rejects(client.GET('/api/v1/users/me'), refusedWith('unauthenticated'));
});

test('a page keeps cart and session over visits, shares one refresh between frames, and shows how an upload goes on', async () => {
  const body = { name: `Mug ${RUN}`, sku: `CLIENT-MUG-${RUN}`, stock: 5, status: 'active', price } as const;
  const { data: product } = await admin.POST('/api/v1/products', { body });
  const facts: Facts = { api, sku: body.sku, product: product.id, email: STAFF, password: PASSWORD };
  const saw = await inBrowser<Saw>(facts);
  assert.equal(saw.error, undefined);
  assert.deepEqual(saw.units, [2, 2, 3], 'after the first visit, after signing in, and in the last frame');
  assert.equal(saw.cartTokenAfterSignIn, null);
  assert.deepEqual(saw.refreshes, [1, 1], 'of the page and of its frame');
  assert.equal(saw.state, 'shown');
  const last = saw.progress.at(-1);
  assert.ok(saw.progress.length > 1 && last && last.sent === last.total, JSON.stringify(saw.progress));
});
