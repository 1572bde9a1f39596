import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import { createClient, type KontorError, type LiveMessage, type LiveOptions, type LiveTopic } from '../src/index.ts';
import { fakeShop, ok, QUICK, type Reply, refused } from './fake_shop.ts';

/** A connection whose other end the test is. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static opened = new EventTarget();
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  readonly url: string;
  closed = false;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
    FakeSocket.opened.dispatchEvent(new Event('open'));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
    this.onclose?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  subscribed(topic: string, sequence: number, missed: object[] = [], reload = false): void {
    this.say({ type: 'subscribed', topics: [{ topic, sequence, missed, reload }] });
  }
}

/** The next connection, open. */
async function next(count: number): Promise<FakeSocket> {
  while (FakeSocket.all.length < count)
    await new Promise((done) => FakeSocket.opened.addEventListener('open', done, { once: true }));
  const socket = FakeSocket.all[count - 1] ?? assert.fail();
  socket.onopen?.();
  return socket;
}

const PRODUCT: LiveTopic = 'product:prd_1';
const message = (n: number, previous = n - 1, topic: LiveTopic = PRODUCT) => ({
  id: `evt_${n}`,
  type: 'product.changed',
  topic,
  sequence: n,
  previous,
  at: '2026-11-20T10:00:00.000Z',
});

interface Watched {
  got: string[];
  reloads: string[];
  errors: string[];
  asked: Awaited<ReturnType<typeof fakeShop>>['asked'];
  live: ReturnType<ReturnType<typeof createClient>['live']>;
}

const ticket = (n: number) => ok({ ticket: `t ${n}`, url: 'wss://live.test/live', expiresAt: '' });

async function watch(
  t: TestContext,
  options: Partial<LiveOptions> = {},
  answer: (n: number) => Reply | 'lost' = ticket,
): Promise<Watched> {
  FakeSocket.all = [];
  let tickets = 0;
  const shop = await fakeShop(t, () => answer(++tickets));
  const client = createClient({ baseUrl: shop.url, webSocket: FakeSocket, repeats: { ...QUICK.repeats, tries: 1 } });
  await client.keepOrderToken('ord_1', 'order-token');
  const watched: Omit<Watched, 'live'> = { got: [], reloads: [], errors: [], asked: shop.asked };
  const live = client.live({
    topics: [PRODUCT],
    onMessage: ({ id }: LiveMessage) => watched.got.push(id),
    onReload: (topic) => watched.reloads.push(topic),
    onError: ({ code }: KontorError) => watched.errors.push(code),
    timing: { pause: 1, longest: 4, ping: 60_000, answer: 60_000 },
    ...options,
  });
  t.after(() => live.close());
  return { ...watched, live };
}

test('a ticket is in the address and no token, and each connection has a ticket of its own', async (t) => {
  await watch(t);
  const first = await next(1);
  assert.equal(first.url, 'wss://live.test/live?ticket=t%201');
  assert.deepEqual(first.sent, [{ action: 'subscribe', topics: [PRODUCT] }]);
  first.close();
  assert.equal((await next(2)).url, 'wss://live.test/live?ticket=t%202');
});

test('the token of a guest’s order comes with the request for the ticket', async (t) => {
  const { asked } = await watch(t, { orderId: 'ord_1', topics: ['order:ord_1'] });
  await next(1);
  assert.equal(asked[0]?.headers['order-token'], 'order-token');
  assert.deepEqual(asked[0]?.json, { orderId: 'ord_1' });
});

test('after a lost connection it names its last sequences, gets what it missed, and tells each message once', async (t) => {
  const { got, reloads } = await watch(t);
  const first = await next(1);
  first.subscribed(PRODUCT, 10);
  first.say(message(11, 10));
  first.say(message(11, 10));
  first.close();
  const second = await next(2);
  assert.deepEqual(second.sent, [{ action: 'subscribe', topics: [PRODUCT], since: { [PRODUCT]: 11 } }]);
  second.say(message(13, 12));
  second.subscribed(PRODUCT, 13, [message(12, 11), message(13, 12)]);
  assert.deepEqual(got, ['evt_11', 'evt_13', 'evt_12']);
  assert.deepEqual(reloads, []);
  second.subscribed(PRODUCT, 99, [], true);
  assert.deepEqual(reloads, [PRODUCT]);
});

test('it tells from when on topics are watched, after what was missed', async (t) => {
  const told: string[] = [];
  await watch(t, { onMessage: ({ id }) => told.push(id), onWatched: (topics) => told.push(...topics) });
  (await next(1)).subscribed(PRODUCT, 11, [message(11)]);
  assert.deepEqual(told, ['evt_11', PRODUCT]);
});

test('a gap is noticed and what is missing is asked for', async (t) => {
  const { got } = await watch(t);
  const socket = await next(1);
  socket.subscribed(PRODUCT, 10);
  socket.say(message(12, 11));
  assert.deepEqual(socket.sent.at(-1), { action: 'subscribe', topics: [PRODUCT], since: { [PRODUCT]: 10 } });
  socket.subscribed(PRODUCT, 12, [message(11, 10), message(12, 11)]);
  socket.say(message(13, 12));
  assert.deepEqual(got, ['evt_12', 'evt_11', 'evt_13']);
  assert.equal(socket.sent.length, 2);
});

test('all feeds of staff go on from the sequence of each', async (t) => {
  await watch(t, { topics: ['staff'] });
  const first = await next(1);
  first.subscribed('staff:orders', 5);
  first.close();
  const second = await next(2);
  assert.deepEqual(second.sent, [{ action: 'subscribe', topics: ['staff'], since: { 'staff:orders': 5 } }]);
});

test('topics can be added and left at any time, and are kept over a lost connection', async (t) => {
  const { live } = await watch(t);
  const first = await next(1);
  live.subscribe('orders', PRODUCT);
  live.unsubscribe(PRODUCT);
  assert.deepEqual(first.sent.slice(1), [
    { action: 'subscribe', topics: ['orders'] },
    { action: 'unsubscribe', topics: [PRODUCT] },
  ]);
  first.close();
  assert.deepEqual((await next(2)).sent, [{ action: 'subscribe', topics: ['orders'] }]);
});

test('it speaks before the connection is idle too long, and gives up one that does not answer', async (t) => {
  const { live } = await watch(t, { timing: { pause: 1, ping: 5, answer: 5 } });
  const first = await next(1);
  const second = await next(2);
  assert.deepEqual(first.sent.at(-1), { action: 'ping' });
  assert.ok(first.closed && !second.closed);
  live.close();
  assert.ok(second.closed);
});

test('no answer and a busy shop are tried again, and a refusal ends it', async (t) => {
  const answers: (Reply | 'lost')[] = ['lost', refused(503, 'busy'), refused(409, 'too_many_connections')];
  const { errors } = await watch(t, {}, (n) => answers[n - 1] ?? ticket(n));
  await next(1);
  assert.deepEqual(errors, ['busy', 'too_many_connections']);
  const ended = await new Promise<KontorError>((done) => {
    void watch(t, { onError: done }, () => refused(404, 'order_not_found'));
  });
  assert.equal(ended.code, 'order_not_found');
  assert.equal(FakeSocket.all.length, 0);
});

test('the shop says when a connection is over, and refuses a topic with its code', async (t) => {
  const { errors } = await watch(t);
  const first = await next(1);
  first.say({ type: 'error', code: 'order_not_found', message: 'There is no such order.', details: [] });
  assert.ok(!first.closed);
  first.say({ type: 'error', code: 'connection_ended', message: 'It is over.', details: [] });
  assert.ok(first.closed);
  assert.deepEqual(errors, ['order_not_found', 'connection_ended']);
  const second = await next(2);
  second.say({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
  assert.ok(second.closed, 'it does not know what became of what it said');
  await next(3);
});

test('a session that ends before its connection watches is noticed', async (t) => {
  const codes: string[] = [];
  const isOver = new Promise<void>((done) => {
    const onError = ({ code }: KontorError) => void (codes.push(code) === 2 && done());
    void watch(t, { onError }, (n) => (n === 1 ? ticket(n) : refused(401, 'session_ended')));
  });
  const first = await next(1);
  first.say({ type: 'error', code: 'session_ended', message: 'Please sign in again.', details: [] });
  assert.ok(first.closed);
  await isOver;
  assert.deepEqual(codes, ['session_ended', 'session_ended'], 'of the topic, and of the next ticket');
});

test('a topic that is refused does not take the others with it', async (t) => {
  await watch(t, { topics: ['orders', PRODUCT, 'staff', 'product:prd_2'] });
  const { sent } = await next(1);
  assert.deepEqual(
    sent.map(({ topics }) => topics),
    [[PRODUCT, 'product:prd_2'], ['orders'], ['staff']],
  );
});

test('when the network is there again it connects anew at once, whatever it was waiting for', async (t) => {
  const browser = new EventTarget();
  const { addEventListener, removeEventListener } = globalThis;
  globalThis.addEventListener = browser.addEventListener.bind(browser);
  globalThis.removeEventListener = browser.removeEventListener.bind(browser);
  t.after(() => Object.assign(globalThis, { addEventListener, removeEventListener }));
  const back = () => browser.dispatchEvent(new Event('online'));
  const { asked, live } = await watch(t);
  const first = await next(1);
  first.subscribed(PRODUCT, 10);
  back();
  assert.ok(first.closed, 'nobody knows whether it is still a connection');
  const second = await next(2);
  assert.deepEqual(second.sent, [{ action: 'subscribe', topics: [PRODUCT], since: { [PRODUCT]: 10 } }]);
  second.subscribed(PRODUCT, 10);
  // Twice while it connects: only the last one counts.
  second.close();
  back();
  back();
  await next(3);
  live.close();
  back();
  assert.equal(FakeSocket.all.length, 3);
  assert.equal(asked.length, 3);
});
