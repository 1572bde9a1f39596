import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient, isKontorError, type KontorError, memoryStorage, webStorage } from '../src/index.ts';
import { fakeShop, ok, QUICK, refused, tokens } from './fake_shop.ts';

const ME = '/api/v1/users/me';
const LOGIN = 'POST /api/v1/auth/login';
const REFRESH = 'POST /api/v1/auth/refresh';
const many = <T>(call: () => Promise<T>) => Promise.all(Array.from({ length: 20 }, call));

/** Storage as a browser's `localStorage` is. */
function area(): globalThis.Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as globalThis.Storage;
}

test('twenty requests after the access token has ended share one refresh', async (t) => {
  const shop = await fakeShop(t, ({ name }) =>
    name === LOGIN ? ok(tokens(1, 5)) : name === REFRESH ? ok(tokens(2)) : ok({}),
  );
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  await many(() => client.GET(ME));
  assert.equal(shop.count(REFRESH), 1);
  const sent = shop.asked.filter(({ name }) => name === `GET ${ME}`).map(({ headers }) => headers.authorization);
  assert.deepEqual(new Set(sent), new Set(['Bearer access-2']));
  assert.equal(sent.length, 20);
});

test('twenty requests whose access token is refused share one refresh, and each is sent once more', async (t) => {
  const shop = await fakeShop(t, ({ name, headers }) => {
    if (name === LOGIN) return ok(tokens(1));
    if (name === REFRESH) return ok(tokens(2));
    return headers.authorization === 'Bearer access-1' ? refused(401, 'token_expired') : ok({});
  });
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  await many(() => client.GET(ME));
  assert.equal(shop.count(REFRESH), 1);
  assert.equal(shop.count(`GET ${ME}`), 40);
});

test('a request that is refused with a new token too is given up', async (t) => {
  const shop = await fakeShop(t, ({ name }, { count }) =>
    name === LOGIN || name === REFRESH ? ok(tokens(1 + count(REFRESH))) : refused(401, 'token_expired'),
  );
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  await assert.rejects(client.GET(ME), (error) => isKontorError(error, 'token_expired'));
  assert.equal(shop.count(`GET ${ME}`), 2);
  assert.equal(shop.count(REFRESH), 1);
});

test('with a cookie no refresh token is kept, and a reload of the page goes on with the session', async (t) => {
  const inCookie = (n: number) => ({ ...tokens(n), refreshToken: undefined });
  const shop = await fakeShop(t, ({ name }, { count }) => {
    if (name === LOGIN) return ok(inCookie(1));
    return ok(name === REFRESH ? inCookie(1 + count(REFRESH)) : {});
  });
  const kept = area();
  const page = () => createClient({ baseUrl: shop.url, storage: webStorage(kept), sessionCookie: 'shop', ...QUICK });
  await page().signIn('ada@example.com', 'a long sentence');
  const reloaded = page();
  assert.ok(await reloaded.isSignedIn());
  await many(() => reloaded.GET(ME));
  assert.equal(shop.count(REFRESH), 1);
  const asked = shop.asked.filter(({ name }) => name === LOGIN || name === REFRESH);
  assert.deepEqual(
    asked.map(({ headers }) => headers['session-cookie']),
    ['shop', 'shop'],
  );
  assert.deepEqual(asked[1]?.json, {});
  assert.doesNotMatch(kept.getItem('kontor.refresh-token') ?? '', /refresh-/);
  await reloaded.signOut();
  assert.equal(await page().isSignedIn(), false);
  assert.equal(shop.asked.at(-1)?.headers['session-cookie'], 'shop');
});

test('a session that the shop has ended is forgotten, and the page is told once', async (t) => {
  const shop = await fakeShop(t, ({ name, headers }) => {
    if (name === LOGIN) return ok(tokens(1));
    return name === REFRESH || headers.authorization ? refused(401, 'session_ended') : ok([]);
  });
  const ends: KontorError[] = [];
  const client = createClient({ baseUrl: shop.url, onSessionEnd: (error) => ends.push(error), ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.GET(ME)));
  for (const result of results)
    assert.ok(result.status === 'rejected' && isKontorError(result.reason, 'session_ended'));
  assert.equal(shop.count(REFRESH), 1);
  assert.deepEqual(
    ends.map(({ code }) => code),
    ['session_ended'],
  );
  assert.equal(await client.isSignedIn(), false);
  await client.GET('/api/v1/brands');
  assert.equal(shop.asked.at(-1)?.headers.authorization, undefined);
});

test('a refresh whose answer was lost is sent again with the same token', async (t) => {
  const shop = await fakeShop(t, ({ name }, { count }) => {
    if (name === LOGIN) return ok(tokens(1, 5));
    return name === REFRESH ? (count(REFRESH) === 1 ? 'lost' : ok(tokens(2))) : ok({});
  });
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  await client.GET(ME);
  const sent = shop.asked.filter(({ name }) => name === REFRESH).map(({ json }) => json['refreshToken']);
  assert.deepEqual(sent, ['refresh-1', 'refresh-1']);
});

test('a shop that cannot refresh a session now leaves it as it is', async (t) => {
  let busy = true;
  const shop = await fakeShop(t, ({ name }) => {
    if (name === LOGIN) return ok(tokens(1, 5));
    return name === REFRESH ? (busy ? refused(503, 'busy') : ok(tokens(2))) : ok({});
  });
  const client = createClient({
    baseUrl: shop.url,
    repeats: { tries: 1 },
    onSessionEnd: () => assert.fail('it goes on'),
  });
  await client.signIn('ada@example.com', 'a long sentence');
  await assert.rejects(client.GET(ME), (error) => isKontorError(error, 'busy'));
  assert.equal(await client.isSignedIn(), true);
  busy = false;
  await client.GET(ME);
});

test('tabs refresh one after the other, each with the newest token', async (t) => {
  let under = 0;
  const shop = await fakeShop(t, async ({ name, json }, { count }) => {
    if (name === LOGIN) return ok(tokens(1, 5));
    if (name !== REFRESH) return ok({});
    under += 1;
    assert.equal(under, 1, 'one at a time');
    const n = count(REFRESH);
    assert.equal(json['refreshToken'], `refresh-${n}`);
    await new Promise((done) => setImmediate(done));
    under -= 1;
    return ok(tokens(n + 1));
  });
  const shared = area();
  const tab = () => createClient({ baseUrl: shop.url, storage: webStorage(shared), ...QUICK });
  await tab().signIn('ada@example.com', 'a long sentence');
  const tabs = [tab(), tab(), tab()];
  await Promise.all(tabs.flatMap((client) => [client.GET(ME), client.GET(ME)]));
  assert.equal(shop.count(REFRESH), 3);
  assert.equal(shared.getItem('kontor.refresh-token'), 'refresh-4');
});

test('tabs that cannot wait for each other both get the one new pair', async (t) => {
  const shop = await fakeShop(t, ({ name }) => (name === REFRESH ? ok(tokens(2)) : ok({})));
  const storage = memoryStorage();
  await storage.set('refresh-token', 'refresh-1');
  const tabs = [1, 2].map(() => createClient({ baseUrl: shop.url, storage, ...QUICK }));
  await Promise.all(tabs.map((client) => client.GET(ME)));
  const sent = shop.asked.filter(({ name }) => name === `GET ${ME}`).map(({ headers }) => headers.authorization);
  assert.deepEqual(sent, ['Bearer access-2', 'Bearer access-2']);
});

test('signing out in one tab signs the others out', async (t) => {
  const shop = await fakeShop(t, ({ name, headers }) => {
    if (name === LOGIN) return ok(tokens(1));
    if (name === REFRESH) return ok(tokens(2));
    return headers.authorization === 'Bearer access-1' && name !== 'POST /api/v1/auth/logout'
      ? refused(401, 'session_ended')
      : ok(null);
  });
  const ends: string[] = [];
  const storage = memoryStorage();
  const here = createClient({ baseUrl: shop.url, storage, onSessionEnd: ({ code }) => ends.push(code), ...QUICK });
  await here.signIn('ada@example.com', 'a long sentence');
  await createClient({ baseUrl: shop.url, storage, ...QUICK }).signOut();
  await assert.rejects(here.GET(ME), (error) => isKontorError(error, 'session_ended'));
  assert.deepEqual(ends, ['session_ended']);
  assert.equal(shop.count(REFRESH), 1, 'the tab that signed out had no access token yet');
});

test('a sign-out that the shop did not hear leaves a session in a cookie as it is, and forgets any other', async (t) => {
  let heard = false;
  const shop = await fakeShop(t, ({ name }) => (name === LOGIN ? ok(tokens(1)) : heard ? ok(null) : 'lost'));
  for (const cookie of [{ sessionCookie: 'shop' }, {}]) {
    heard = false;
    const client = createClient({ baseUrl: shop.url, ...cookie, ...QUICK });
    await client.signIn('ada@example.com', 'a long sentence');
    await assert.rejects(client.signOut(), (error) => isKontorError(error, 'network_error'));
    assert.equal(await client.isSignedIn(), 'sessionCookie' in cookie);
    heard = true;
    await client.signOut();
    assert.equal(await client.isSignedIn(), false);
  }
  assert.equal(shop.count('POST /api/v1/auth/logout'), 3);
});

test('signing out while a refresh is under way leaves nobody signed in', async (t) => {
  let finish = () => {};
  const shop = await fakeShop(t, ({ name }) => {
    if (name === LOGIN) return ok(tokens(1, 5));
    if (name !== REFRESH) return ok(null);
    return new Promise((done) => (finish = () => done(ok(tokens(2)))));
  });
  const storage = memoryStorage();
  const client = createClient({ baseUrl: shop.url, storage, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  const under = client.GET('/api/v1/brands');
  while (shop.count(REFRESH) === 0) await new Promise((done) => setImmediate(done));
  const out = client.signOut();
  finish();
  await Promise.all([under, out]);
  assert.equal(await client.isSignedIn(), false);
  assert.equal(await storage.get('refresh-token'), null);
});

test('what another tab made of the session while a refresh was under way counts', async (t) => {
  for (const [meanwhile, bearer] of [
    ['other-1', 'Bearer access-3'],
    [null, undefined],
  ] as const) {
    const storage = memoryStorage();
    await storage.set('refresh-token', 'refresh-1');
    const shop = await fakeShop(t, async ({ name, json }) => {
      if (name !== REFRESH) return ok([]);
      if (json['refreshToken'] === 'other-1') return ok(tokens(3));
      await storage.set('refresh-token', meanwhile);
      return ok(tokens(2));
    });
    await createClient({ baseUrl: shop.url, storage, ...QUICK }).GET('/api/v1/brands');
    assert.equal(shop.asked.at(-1)?.headers.authorization, bearer);
    assert.equal(await storage.get('refresh-token'), meanwhile && 'refresh-3');
  }
});

test('a sign-in with a second step leads to the user, and the device is known the next time', async (t) => {
  const shop = await fakeShop(t, ({ name }) =>
    name === LOGIN ? ok({ twoFactorRequired: true, challengeToken: 'challenge', expiresIn: 300 }) : ok(tokens(1)),
  );
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  for (const device of [undefined, 'device-1']) {
    const { user, secondStep } = await client.signIn('Ada@example.com', 'a long sentence');
    assert.equal(user, undefined);
    assert.equal((await secondStep('123456')).email, 'ada@example.com');
    const [first, second] = shop.asked.slice(-2);
    assert.deepEqual([first?.headers['device-token'], second?.headers['device-token']], [device, device]);
    assert.deepEqual(second?.json, { challengeToken: 'challenge', code: '123456' });
  }
});

test('the device token of a new password is sent at the next sign-in', async (t) => {
  const shop = await fakeShop(t, ({ name }) => ok(name === LOGIN ? tokens(2) : { deviceToken: 'device-1' }));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.POST('/api/v1/auth/password/reset', { body: { token: 'link', password: 'another long sentence' } });
  for (const device of ['device-1', 'device-2']) {
    await client.signIn('ada@example.com', 'another long sentence');
    assert.equal(shop.asked.at(-1)?.headers['device-token'], device);
  }
});

test('what anybody may ask gets no access token and waits for no refresh', async (t) => {
  const shop = await fakeShop(t, ({ name }) => (name === LOGIN ? ok(tokens(1, 5)) : ok({})));
  const client = createClient({ baseUrl: shop.url, ...QUICK });
  await client.signIn('ada@example.com', 'a long sentence');
  await client.GET('/api/v1/shop');
  assert.equal(shop.asked.at(-1)?.headers.authorization, undefined);
  assert.equal(shop.count(REFRESH), 0);
});
