import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient, formatMoney, isKontorError, KontorError } from '../src/index.ts';
import { fakeShop, ok, QUICK, refused } from './fake_shop.ts';

test('an error has status, code, message, details, request id and the seconds to wait', async (t) => {
  const details = [{ field: 'shippingAddress.country', message: 'is not a country' }];
  const shop = await fakeShop(t, () => refused(400, 'validation_failed', { 'retry-after': '7' }, details));
  const error = await createClient({ baseUrl: shop.url, ...QUICK })
    .GET('/api/v1/cart')
    .catch((error: unknown) => error);
  assert.ok(isKontorError(error, 'validation_failed', 'price_changed'));
  assert.ok(
    error instanceof KontorError && !isKontorError(error, 'price_changed') && !isKontorError(new Error('other')),
  );
  const { status, code, message, requestId, retryAfter } = error as KontorError;
  assert.deepEqual(
    { status, code, message, requestId, retryAfter },
    { status: 400, code: 'validation_failed', message: 'No.', requestId: 'req-1', retryAfter: 7 },
  );
  assert.deepEqual((error as KontorError).details, { 'shippingAddress.country': 'is not a country' });
});

test('an answer that is not the shop’s has the code unexpected_answer', async (t) => {
  const shop = await fakeShop(t, () => ({
    status: 413,
    body: { message: 'Request Too Long' },
    headers: { 'x-request-id': 'gateway-1' },
  }));
  const asking = createClient({ baseUrl: shop.url, ...QUICK }).POST('/api/v1/cart/coupon', { body: { code: 'X' } });
  await assert.rejects(
    asking,
    (error) => isKontorError(error, 'unexpected_answer') && error.status === 413 && error.requestId === 'gateway-1',
  );
});

test('a request is sent to its end if that is asked for', async () => {
  const sent: boolean[] = [];
  const fetch = async ({ keepalive }: Request) => {
    sent.push(keepalive);
    return Response.json({ data: {} });
  };
  const client = createClient({ baseUrl: 'http://shop.invalid', fetch });
  await client.GET('/api/v1/cart', { keepalive: true });
  await client.GET('/api/v1/cart');
  assert.deepEqual(sent, [true, false]);
});

test('a mistake of the program is thrown as it is and nothing is sent', async (t) => {
  const shop = await fakeShop(t, () => ok({}));
  const header = { 'Idempotency-Key': 'not in Latin-1: 鍵' };
  const asking = createClient({ baseUrl: shop.url, ...QUICK }).POST('/api/v1/cart/items', {
    params: { header },
    body: { sku: 'A' },
  });
  await assert.rejects(asking, (error) => error instanceof TypeError);
  assert.equal(shop.asked.length, 0);
});

test('a list is read page by page, as far as it is needed, and an empty page does not end it', async (t) => {
  const pages = [['a', 'b'], [], ['c'], ['d']];
  const shop = await fakeShop(t, (_, { asked }) => {
    const page = asked.length;
    return {
      body: {
        data: pages[page - 1],
        pagination: { limit: 2, nextCursor: page < pages.length ? `cursor-${page}` : null },
      },
    };
  });
  const urls: string[] = [];
  const fetch = (request: Request) => {
    urls.push(new URL(request.url).search);
    return globalThis.fetch(request);
  };
  const client = createClient({ baseUrl: shop.url, fetch, ...QUICK });
  const seen: unknown[] = [];
  for await (const product of client.list('/api/v1/products', { params: { query: { brand: 'x', limit: 2 } } })) {
    seen.push(product);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, ['a', 'b', 'c']);
  assert.deepEqual(urls, ['?brand=x&limit=2', '?brand=x&limit=2&cursor=cursor-1', '?brand=x&limit=2&cursor=cursor-2']);
});

test('the version of an answer is in its headers', async (t) => {
  const shop = await fakeShop(t, () => ok({}, { etag: '"7"' }));
  const { response } = await createClient({ baseUrl: shop.url, ...QUICK }).GET('/api/v1/users/me');
  assert.equal(response.headers.get('ETag'), '"7"');
});

test('money is shown with the decimals of the shop', () => {
  assert.equal(formatMoney({ amount: 1999, currency: 'usd' }, { decimals: 2 }, 'en-US'), '$19.99');
  assert.equal(formatMoney({ amount: 500, currency: 'jpy' }, { decimals: 0 }, 'en-US'), '¥500');
  assert.equal(formatMoney({ amount: 1234, currency: 'kwd' }, { decimals: 3 }, 'en-US'), 'KWD\u00a01.234');
  assert.equal(formatMoney({ amount: 50000, currency: 'isk' }, { decimals: 2 }, 'en-US'), 'ISK\u00a0500.00');
  assert.equal(formatMoney({ amount: 199_900, currency: 'eur' }, { decimals: 2 }, 'de-DE'), '1.999,00\u00a0€');
});

test('a file is sent with the fields of its form, and its state is asked for until it is decided', async (t) => {
  const states = ['waiting', 'running', 'finished'];
  const shop = await fakeShop(t, ({ name }, { url, count }) => {
    if (name === 'POST /api/v1/uploads')
      return ok({ id: 'upl_1', url: `${url}/bucket`, fields: { key: 'inbox/1', policy: 'signed' }, maxBytes: 10 });
    if (name === 'POST /bucket')
      return count(name) === 1 ? { status: 503, body: 'SlowDown' } : { status: 201, body: null };
    return ok({ id: 'upl_1', state: states[count(name) - 1] });
  });
  const progress: number[][] = [];
  const worked: string[] = [];
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  const done = await client.upload(new Blob(['sku,name\n']), {
    for: 'products',
    onProgress: (...sent) => progress.push(sent),
    onWork: ({ state }) => worked.push(state),
  });
  assert.equal(done.state, 'finished');
  assert.deepEqual(progress, [[9, 9]]);
  assert.deepEqual(worked, states);
  const form = shop.asked.filter(({ name }) => name === 'POST /bucket').at(-1);
  assert.match(
    form?.body ?? '',
    /name="key"\r\n\r\ninbox\/1\r\n[\s\S]*name="policy"\r\n\r\nsigned\r\n[\s\S]*name="file"[\s\S]*sku,name/,
  );
  assert.equal(form?.headers.authorization, undefined, 'the bucket gets no token');
  await assert.rejects(client.upload(new Blob(['sku,name,x\n']), { for: 'products' }), (error) =>
    isKontorError(error, 'file_too_large'),
  );
});

test('a form that the bucket refuses is not sent again', async (t) => {
  const shop = await fakeShop(t, ({ name }, { url }) =>
    name === 'POST /bucket'
      ? { status: 403, body: 'AccessDenied' }
      : ok({ id: 'upl_1', url: `${url}/bucket`, fields: {}, maxBytes: 10 }),
  );
  const uploading = createClient({ baseUrl: shop.url, ...QUICK }).upload(new Blob(['x']), { for: 'stock' });
  await assert.rejects(uploading, (error) => isKontorError(error, 'upload_failed') && error.status === 403);
  assert.equal(shop.count('POST /bucket'), 1);
});

test('pictures of a review and of a return go to routes of their own, for guests with the token of the order', async (t) => {
  const shop = await fakeShop(t, ({ name }, { url }) => {
    if (name === 'POST /bucket') return { status: 204, body: null };
    if (name.startsWith('POST')) return ok({ id: 'upl_1', url: `${url}/bucket`, fields: {}, maxBytes: 10 });
    return ok({ id: 'upl_1', state: 'shown' });
  });
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.keepOrderToken('ord_1', 'secret');
  const contentType = 'image/png';
  await client.upload(new Blob(['x']), { reviewId: 'rev_1', contentType, alt: 'A lamp' });
  await client.upload(new Blob(['x']), { orderId: 'ord_1', returnId: 'ret_1', contentType });
  const [ofReview, ofReturn] = ['/api/v1/reviews/rev_1/images', '/api/v1/orders/ord_1/returns/ret_1/images'];
  assert.deepEqual(
    shop.asked.map(({ name }) => name),
    [ofReview, ofReturn].flatMap((path) => [`POST ${path}/uploads`, 'POST /bucket', `GET ${path}/uploads/upl_1`]),
  );
  assert.deepEqual(shop.asked[0]?.json, { contentType, alt: 'A lamp' });
  assert.deepEqual(shop.asked[3]?.json, { contentType });
  for (const at of [3, 5]) assert.equal(shop.asked[at]?.headers['order-token'], 'secret');
});
