import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EdgeFunction } from '../edge_function.mjs';
import { open, settings } from './settings.mjs';

const SHARED = { 'cache-control': 'public, max-age=60', etag: '"v1"' };

test('the first pattern that fits chooses the origin, also for a path with dots', async () => {
  const shop = open(() => ({}));
  for (const path of ['/api/docs/x.css', '/api/v1/products', '/products/a', '/api/v1/../docs/y.css'])
    await shop.ask(path);
  assert.deepEqual(
    shop.asked.map(({ origin, target }) => `${origin} ${target}`),
    ['pages /api/docs/x.css', 'api /api/v1/products', 'pages /products/a', 'pages /api/v1/../docs/y.css'],
  );
});

test('a method that a path does not allow is refused without asking the origin', async () => {
  const shop = open(() => ({}));
  assert.equal((await shop.ask('/products/a', { method: 'POST', body: '{}' })).status, 403);
  assert.equal((await shop.ask('/api/v1/orders', { method: 'POST', body: '{}' })).status, 200);
  assert.equal((await shop.ask('/api/v1/orders', { method: 'GET', body: '{}' })).status, 403);
  assert.equal(shop.asked.length, 1);
});

test('the API gets everything but Host, the secret and the true address, whatever the client wrote', async () => {
  const shop = open(() => ({}));
  const forged = {
    'viewer-address': '198.51.100.9',
    'origin-secret': 'wrong',
    'cloudfront-viewer-address': '198.51.100.9:1',
  };
  const own = {
    authorization: 'Bearer t',
    cookie: 'a=1; b=2',
    'idempotency-key': 'k',
    'user-agent': 'Firefox',
    connection: 'keep-alive',
  };
  await shop.ask('/api/v1/orders?a=1&b=%20', {
    method: 'POST',
    body: '{}',
    headers: { ...forged, ...own },
    ip: '203.0.113.5',
  });
  const [{ headers, target }] = shop.asked;
  assert.equal(target, '/api/v1/orders?a=1&b=%20');
  assert.equal(headers['viewer-address'], '203.0.113.5');
  assert.equal(headers['origin-secret'], 'right');
  assert.equal(headers.host, 'api.example');
  for (const name of ['authorization', 'cookie', 'idempotency-key', 'user-agent'])
    assert.equal(headers[name], own[name]);
  for (const name of ['cloudfront-viewer-address', 'connection']) assert.equal(headers[name], undefined);
});

test('a bucket gets no header, cookie or query of the browser', async () => {
  const shop = open(() => ({}));
  await shop.ask('/a.js?x=1', {
    headers: { cookie: 'a=1', authorization: 'Bearer t', 'user-agent': 'Firefox', 'accept-encoding': 'gzip' },
  });
  const [{ headers, target }] = shop.asked;
  assert.equal(target, '/a.js');
  assert.deepEqual(
    [headers.cookie, headers.authorization, headers['user-agent']],
    [undefined, undefined, 'Amazon CloudFront'],
  );
  assert.equal(headers['accept-encoding'], 'gzip');
});

test('a public answer is kept as long as it says, and a query has an answer of its own', async () => {
  const shop = open((_, n) => ({ headers: SHARED, body: `answer ${n}` }));
  const ask = async (target) => (await shop.ask(target)).text;
  assert.equal(await ask('/api/v1/products?page=1'), 'answer 1');
  shop.passes(59);
  assert.equal(await ask('/api/v1/products?page=1'), 'answer 1');
  assert.equal(await ask('/api/v1/products?page=2'), 'answer 2');
  shop.passes(1);
  assert.equal(await ask('/api/v1/products?page=1'), 'answer 3');
});

test('what is private, or says nothing, is asked for each time', async () => {
  for (const cacheControl of ['no-store', 'private, max-age=60', 'no-cache', undefined]) {
    const shop = open(() => ({ headers: cacheControl ? { 'cache-control': cacheControl } : {} }));
    await shop.ask('/api/v1/cart');
    await shop.ask('/api/v1/cart');
    assert.equal(shop.asked.length, 2, cacheControl);
  }
});

test('the answer of one who is signed in is never that of another', async () => {
  const shop = open(({ headers }) => ({ headers: SHARED, body: headers.authorization ?? 'nobody' }));
  const ask = async (authorization) =>
    (await shop.ask('/api/v1/products', { headers: authorization ? { authorization } : {} })).text;
  assert.equal(await ask('Bearer staff'), 'Bearer staff');
  assert.equal(await ask(), 'nobody');
  assert.equal(await ask('Bearer staff'), 'Bearer staff');
  assert.equal(shop.asked.length, 2);
});

test('a mistake shows: a public answer about a cart is given to everybody', async () => {
  const shop = open(({ headers }) => ({ headers: SHARED, body: headers['cart-token'] }));
  await shop.ask('/api/v1/cart', { headers: { 'cart-token': 'mine' } });
  assert.equal((await shop.ask('/api/v1/cart', { headers: { 'cart-token': 'yours' } })).text, 'mine');
});

test('an old answer is checked by its tag, and used while a new one is fetched if it allows that', async () => {
  const plain = open(({ headers }) =>
    headers['if-none-match'] === '"v1"' ? { status: 304, headers: SHARED } : { headers: SHARED, body: 'long' },
  );
  await plain.ask('/api/v1/products');
  plain.passes(61);
  const answer = await plain.ask('/api/v1/products');
  assert.deepEqual([answer.status, answer.text, answer.from], [200, 'long', 'RefreshHit from cloudfront']);
  assert.equal((await plain.ask('/api/v1/products')).from, 'Hit from cloudfront');

  const headers = { 'cache-control': 'public, max-age=60, stale-while-revalidate=60' };
  const patient = open((_, n) => ({ headers, body: `answer ${n}` }));
  await patient.ask('/api/v1/products');
  patient.passes(90);
  assert.equal((await patient.ask('/api/v1/products')).text, 'answer 1');
  await new Promise(setImmediate);
  assert.equal((await patient.ask('/api/v1/products')).text, 'answer 2');
});

test('a client that has the answer gets 304', async () => {
  const shop = open(() => ({ headers: SHARED, body: 'long' }));
  const answer = await shop.ask('/api/v1/products', { headers: { 'if-none-match': 'W/"v1"' } });
  assert.deepEqual([answer.status, answer.text, answer.headers['content-length']], [304, '', undefined]);
});

test('errors are kept for ten seconds unless the distribution says otherwise, whatever they say themselves', async () => {
  const missing = open(() => ({ status: 404, headers: { 'cache-control': 'no-store' } }));
  await missing.ask('/api/v1/orders/1');
  await missing.ask('/api/v1/orders/1');
  assert.equal(missing.asked.length, 2);
  const busy = open(() => ({ status: 503, headers: { 'cache-control': 'no-store' } }));
  await busy.ask('/api/v1/orders/1');
  busy.passes(9);
  await busy.ask('/api/v1/orders/1');
  assert.equal(busy.asked.length, 1);
  busy.passes(1);
  await busy.ask('/api/v1/orders/1');
  assert.equal(busy.asked.length, 2);
});

test('long texts are compressed as the browser wishes, and their tag becomes weak', async () => {
  const shop = open(() => ({ headers: { 'content-type': 'application/json', etag: '"v1"' }, body: 'x'.repeat(5_000) }));
  const ask = (accepted) => shop.ask('/api/v1/products', { headers: { 'accept-encoding': accepted } });
  const [br, gzip, plain] = [await ask('gzip, deflate, br'), await ask('gzip'), await ask('br;q=0')];
  assert.deepEqual(
    [br, gzip, plain].map(({ headers }) => headers['content-encoding']),
    ['br', 'gzip', undefined],
  );
  assert.equal(br.headers.etag, 'W/"v1"');
  assert.ok(br.body.length < 100);
  assert.equal(plain.body.length, 5_000);
});

test('pages get the headers of their policy, and the API keeps its own', async () => {
  const shop = open(() => ({
    headers: { 'referrer-policy': 'no-referrer', 'content-security-policy': "default-src 'none'" },
  }));
  const { headers } = await shop.ask('/', { headers: { origin: 'https://other.example' } });
  assert.equal(headers['content-security-policy'], "default-src 'self'");
  assert.equal(headers['strict-transport-security'], 'max-age=60; includeSubDomains');
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(headers['referrer-policy'], 'no-referrer', 'not overridden');
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal((await shop.ask('/api/v1/shop')).headers['content-security-policy'], "default-src 'none'");
});

test('a function changes the path, or answers itself', async () => {
  const shop = open(() => ({}));
  const moved = await shop.ask('/api/docs/guide');
  assert.deepEqual([moved.status, moved.headers.location, shop.asked.length], [302, '/api/docs/guide/', 0]);
  await shop.ask('/api/docs/guide/');
  assert.equal(shop.asked[0].target, '/api/docs/guide/index.html');
});

test('a function has nothing of Node, and cannot set what CloudFront keeps for itself', async () => {
  const bodies = [
    'return process.env',
    'return require("fs")',
    'return eval("event.request")',
    'return { uri: "x" }',
    'setTimeout(() => {})',
  ];
  const headers = ['x-amz-cf-id', 'host', 'X-Other'].map(
    (name) => `event.request.headers['${name}'] = { value: 'x' }; return event.request`,
  );
  for (const body of [...bodies, ...headers]) {
    const config = settings();
    config.functions.api = `function handler(event) { ${body} }`;
    assert.equal((await open(() => ({}), config).ask('/api/v1/shop')).status, 503, body);
  }
});

test('a function that does not end is ended', async () => {
  const endless = new EdgeFunction('function handler() { for (;;) {} }', 20);
  await assert.rejects(endless.run({ headers: {}, query: '' }, {}), /timed out/);
});

test('an origin that does not answer is a 502', async () => {
  const shop = open(() => Promise.reject(new Error('it is away')));
  assert.equal((await shop.ask('/api/v1/shop')).status, 502);
});

test('a setting that the stand-in does not know is refused at the start', () => {
  const broken = (change) => {
    const config = settings();
    change(config);
    return () => open(() => ({}), config);
  };
  const first = (config) => config.distribution.CacheBehaviors.Items[0];
  assert.throws(
    broken((config) => Object.assign(first(config), { ForwardedValues: {} })),
    /not known here/,
  );
  assert.throws(
    broken((config) => Object.assign(first(config), { CachePolicyId: 'x' })),
    /not deployed/,
  );
  assert.throws(
    broken((config) => Object.assign(first(config).FunctionAssociations.Items[0], { EventType: 'viewer-response' })),
    /viewer requests/,
  );
});
