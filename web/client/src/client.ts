import createFetch from 'openapi-fetch';

import { errorOf, isKontorError, KontorError } from './errors.ts';
import { TAKES, WITHOUT_TOKEN } from './generated/operations.ts';
import type { SignedInBody, UploadBody } from './generated/schema.ts';
import { watching } from './live.ts';
import type { Live, LiveOptions, SocketClass } from './live-types.ts';
import { querySerializer } from './query.ts';
import { abortable, type Repeats, repeat } from './repeat.ts';
import { Session } from './session.ts';
import { type ClientStorage, inTurn, memoryStorage, StoredMap } from './storage.ts';
import type { Answer, EntryOf, InitArgument, ListPath, Method, OperationOf, PathOf, User } from './types.ts';
import { type UploadOptions, uploading } from './upload.ts';

export interface ClientOptions {
  /** The address of the API, without `/api/v1`. */
  baseUrl: string;
  /** Where tokens are kept. They are gone with the page if it is not given. */
  storage?: ClientStorage;
  /** Keeps the refresh token in a cookie that no script can read, for pages on the same origin as the API. This is the name
   *  of the session, such as `shop` or `console`. */
  sessionCookie?: string;
  fetch?: (request: Request) => Promise<Response>;
  /** How often a request is sent, and how long all of it may take: 4 times in 30 seconds. */
  repeats?: Partial<Repeats>;
  /** For live updates where there is no global one, such as in Node before version 22. */
  webSocket?: SocketClass;
  /** Called once when the shop has ended the session: ask the user to sign in again. */
  onSessionEnd?: (error: KontorError) => void;
}

/** The result of a sign-in: the user, or what takes the code of two-factor sign-in and then returns the user. */
export type SignIn = { user: User; secondStep?: never } | { user?: never; secondStep: (code: string) => Promise<User> };

type Call<M extends Method> = <Path extends PathOf<M>>(
  path: Path,
  ...init: InitArgument<OperationOf<M, Path>>
) => Promise<Answer<OperationOf<M, Path>>>;

export interface Client {
  GET: Call<'GET'>;
  POST: Call<'POST'>;
  PUT: Call<'PUT'>;
  PATCH: Call<'PATCH'>;
  DELETE: Call<'DELETE'>;
  signIn(email: string, password: string): Promise<SignIn>;
  /** Ends the session. If the shop could not be told, it is forgotten on this device all the same; but with `sessionCookie`
   *  it goes on, because only the shop can take the cookie away. */
  signOut(): Promise<void>;
  /** Whether a session is kept. The shop may have ended it meanwhile. */
  isSignedIn(): Promise<boolean>;
  /** Keeps the token of a guest's order, such as that of a mailed link. */
  keepOrderToken(orderId: string, token: string): Promise<void>;
  /** Whether the token of a guest's order is kept. The shop may take it no more. */
  hasOrderToken(orderId: string): Promise<boolean>;
  /** All entries of a list, page by page as they are needed. */
  list<Path extends ListPath>(
    path: Path,
    ...init: InitArgument<OperationOf<'GET', Path>>
  ): AsyncGenerator<EntryOf<Path>>;
  /** Sends a file and waits until the shop has worked it off. If `state` is `refused`, `refusal` says why. */
  upload(file: Blob, options: UploadOptions): Promise<UploadBody>;
  /** Watches topics until it is closed. It connects again by itself, and gets what it missed meanwhile. */
  live(options: LiveOptions): Live;
}

/** Parameters and body of any operation, as the client itself looks at them. */
interface AnyInit {
  params?: { path?: Record<string, string>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** The answer of any operation. */
interface AnyAnswer {
  data: (Partial<SignedInBody> & { id?: string; token?: string }) | null;
  response: Response;
}

/** Any operation, sent by openapi-fetch. */
type AnyRequest = (
  method: Method,
  path: string,
  init: object,
) => Promise<{ data?: object; error?: unknown; response: Response }>;

const LOGIN = '/api/v1/auth/login';
const REFRESH = '/api/v1/auth/refresh';
/** A repeated refresh gets the same tokens for ten seconds; after that it would end the session. */
const REFRESH_WITHIN = 8_000;
/** What another access token can help against. */
const TOKEN_REFUSED = ['token_expired', 'invalid_token', 'session_ended'] as const;
const CART_TOKEN = 'cart-token';
/** Their answers have the token of an order. */
const BRING_ORDER_TOKEN = ['POST /api/v1/orders', 'POST /api/v1/orders/confirm'];
/** Their answers have reviews that were written for an order. */
const BRING_OWN_REVIEWS = ['POST /api/v1/reviews', 'GET /api/v1/reviews/mine'];

export function createClient(options: ClientOptions): Client {
  const { baseUrl, storage = memoryStorage(), onSessionEnd = () => {} } = options;
  const fetch = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const repeats = { tries: 4, within: 30_000, ...options.repeats };
  const { request } = createFetch({ baseUrl, querySerializer }) as unknown as { request: AnyRequest };
  const session = new Session(storage, exchange, onSessionEnd);
  const orders = new StoredMap(storage, 'order-tokens', 20);
  const ofReviews = new StoredMap(storage, 'review-tokens', 20);
  const devices = new StoredMap(storage, 'device-tokens', 5);
  const changeCart = inTurn();

  async function exchange(refreshToken: string): Promise<SignedInBody> {
    const within = Math.min(repeats.within, REFRESH_WITHIN);
    const name = options.sessionCookie;
    const [body, headers] = name ? [{}, { 'Session-Cookie': name }] : [{ refreshToken }, {}];
    const attempt = (signal: AbortSignal) => send('POST', REFRESH, { body, signal }, headers);
    const { data } = await repeat(attempt, { repeats: { ...repeats, within }, safe: true });
    await keepDevice(data, data?.user?.email);
    return data as SignedInBody;
  }

  /** Sends a request once. */
  async function send(
    method: Method,
    path: string,
    init: AnyInit,
    headers: Record<string, string>,
  ): Promise<AnyAnswer> {
    let asked = false;
    const fetchOnce = (request: Request) => {
      asked = true;
      return fetch(request);
    };
    try {
      const { data, error, response } = await request(method, path, { ...init, headers, fetch: fetchOnce });
      if (!response.ok) throw errorOf(response, error);
      return Object.assign(data ?? {}, { response }) as AnyAnswer;
    } catch (error) {
      if (!asked || init.signal?.aborted || error instanceof KontorError) throw error;
      throw new KontorError({ code: 'network_error', message: 'The shop could not be reached.', cause: error });
    }
  }

  /** Changes of the cart are sent one after the other: the answer to a guest's first has the token that the next needs. */
  function call(method: Method, path: string, init: AnyInit = {}): Promise<AnyAnswer> {
    const task = () => callNow(method, path, init);
    if (method === 'GET' || !(TAKES['Cart-Token'] as readonly string[]).includes(`${method} ${path}`)) return task();
    const answer = changeCart(task);
    return init.signal ? abortable(answer, init.signal) : answer;
  }

  /** Sends a request with all that the client knows of, and keeps what the answer brings. */
  async function callNow(method: Method, path: string, init: AnyInit): Promise<AnyAnswer> {
    const name = `${method} ${path}`;
    const headers = { ...(await ownHeaders(name, init)), ...init.params?.header };
    const safe = !['POST', 'PATCH'].includes(method) || 'Idempotency-Key' in headers;
    const anonymous = WITHOUT_TOKEN.includes(name);
    let token: string | null = null;
    const sendWith = (signal: AbortSignal) =>
      send(
        method,
        path,
        { ...init, signal },
        token === null ? headers : { ...headers, Authorization: `Bearer ${token}` },
      );
    const attempt = async (signal: AbortSignal) => {
      token = anonymous ? null : await abortable(session.token(), signal);
      try {
        return await sendWith(signal);
      } catch (error) {
        if (token === null || !isKontorError(error, ...TOKEN_REFUSED)) throw error;
        token = await abortable(session.tokenAfter(token, error), signal);
        return await sendWith(signal);
      }
    };
    try {
      const answer = await repeat(attempt, { repeats, safe, signal: init.signal });
      // What was done is done, even if a full storage cannot keep what came of it.
      await keep(name, init, answer, token === null ? undefined : headers['Cart-Token']).catch(() => {});
      return answer;
    } catch (error) {
      // What was kept can be of no use again.
      if (isKontorError(error, 'invalid_cart_token')) await storage.set(CART_TOKEN, null);
      throw error;
    }
  }

  async function ownHeaders(name: string, init: AnyInit): Promise<Record<string, string>> {
    const values: Record<keyof typeof TAKES, () => Promise<string | null> | string | null> = {
      'Idempotency-Key': () => crypto.randomUUID(),
      'Cart-Token': () => storage.get(CART_TOKEN),
      'Order-Token': async () => (await orders.get(orderOf(orderNamed(init)))) ?? ofReviews.get(orderNamed(init)),
      'Device-Token': () => deviceOf(String(init.body?.['email'])),
      'Session-Cookie': () => options.sessionCookie ?? null,
    };
    const headers: Record<string, string> = {};
    for (const [header, operations] of Object.entries(TAKES) as [keyof typeof TAKES, readonly string[]][]) {
      const value = operations.includes(name) ? await values[header]() : null;
      if (value !== null) headers[header] = value;
    }
    return headers;
  }

  async function keep(
    name: string,
    init: AnyInit,
    { data, response }: AnyAnswer,
    merged: string | undefined,
  ): Promise<void> {
    // With an access token, a guest's cart was added to the user's.
    if (merged !== undefined && (await storage.get(CART_TOKEN)) === merged) await storage.set(CART_TOKEN, null);
    const cartToken = response.headers.get('Cart-Token');
    if (cartToken !== null) await storage.set(CART_TOKEN, cartToken);
    if (BRING_ORDER_TOKEN.includes(name) && data?.id && data.token) await keepOrderToken(data.id, data.token);
    if (name === 'POST /api/v1/orders/{id}/token' && data?.token)
      await keepOrderToken(init.params?.path?.['id'] ?? '', data.token);
    if (BRING_OWN_REVIEWS.includes(name)) await keepReviewTokens(orderNamed(init), [data].flat());
    if (data?.accessToken) await session.keep(data as SignedInBody);
    await keepDevice(data, data?.user?.email);
    if (name === 'POST /api/v1/auth/logout') await session.forget();
  }

  const keepOrderToken = (orderId: string, token: string) => orders.set(orderOf(orderId), token);

  /** Who may change the reviews of a guest has the token of their order. */
  async function keepReviewTokens(order: string, reviews: ({ id?: string } | null)[]): Promise<void> {
    const token = await orders.get(orderOf(order));
    if (token !== null) for (const one of reviews) if (one?.id) await ofReviews.set(one.id, token);
  }

  /** The answer to a new password has no address, so its token is for whoever signs in next. */
  async function keepDevice(data: Partial<SignedInBody> | null, email = ''): Promise<void> {
    if (!data?.deviceToken) return;
    await devices.set(email.toLowerCase(), data.deviceToken);
    if (email !== '') await devices.set('', null);
  }

  const deviceOf = async (email: string) => (await devices.get('')) ?? (await devices.get(email.trim().toLowerCase()));

  async function signIn(email: string, password: string): Promise<SignIn> {
    const { data } = await client.POST(LOGIN, { body: { email, password } });
    if (!('challengeToken' in data)) return { user: data.user };
    const { challengeToken } = data;
    const device = await deviceOf(email);
    const params = device === null ? {} : { header: { 'Device-Token': device } };
    return {
      secondStep: async (code) =>
        (await client.POST(`${LOGIN}/2fa`, { params, body: { challengeToken, code } })).data.user,
    };
  }

  async function signOut(): Promise<void> {
    let failure: unknown = null;
    try {
      if (await session.isKept()) await client.POST('/api/v1/auth/logout');
    } catch (error) {
      // With 401 it is over already.
      if (!isKontorError(error) || error.status !== 401) failure = error;
    }
    if (failure === null || !options.sessionCookie) await session.forget();
    if (failure !== null) throw failure;
  }

  async function* list(path: string, init: AnyInit = {}): AsyncGenerator<unknown> {
    let cursor: string | null = null;
    do {
      // A page is reached by its number or by a cursor.
      const query = cursor === null ? init.params?.query : { ...init.params?.query, page: undefined, cursor };
      const params = { ...init.params, ...(query && { query }) };
      const page = (await call('GET', path, { ...init, params })) as unknown as Answer<OperationOf<'GET', ListPath>>;
      yield* page.data;
      cursor = page.pagination.nextCursor;
    } while (cursor !== null);
  }

  const calling = <M extends Method>(method: M) =>
    ((path: string, init?: AnyInit) => call(method, path, init)) as unknown as Call<M>;
  const client: Client = {
    GET: calling('GET'),
    POST: calling('POST'),
    PUT: calling('PUT'),
    PATCH: calling('PATCH'),
    DELETE: calling('DELETE'),
    signIn,
    signOut,
    isSignedIn: () => session.isKept(),
    keepOrderToken,
    hasOrderToken: async (orderId) => (await orders.get(orderOf(orderId))) !== null,
    list: list as Client['list'],
    live: (liveOptions) => watching(client, options.webSocket ?? globalThis.WebSocket, liveOptions),
    upload: (file, uploadOptions) => uploading(client, fetch, repeats, file, uploadOptions),
  };
  return client;
}

/** The order, or what belongs to it, that a request is about. */
const orderNamed = ({ params, body }: AnyInit) =>
  String(params?.path?.['id'] ?? params?.query?.['orderId'] ?? body?.['orderId']);

/** Order and payment have the same id behind their prefixes. */
const orderOf = (id: string) => id.slice(id.indexOf('_') + 1);
