// A shop whose every answer the test decides.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Asked {
  /** Method and path: `GET /api/v1/cart`. */
  name: string;
  headers: IncomingHttpHeaders;
  body: string;
  json: Record<string, unknown>;
  at: number;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** `lost`: the connection ends without an answer. `never`: no answer comes. */
type Answering = (asked: Asked, shop: FakeShop) => Reply | 'lost' | 'never' | Promise<Reply>;

export interface FakeShop {
  url: string;
  asked: Asked[];
  /** How often something was asked. */
  count(name: string): number;
}

export async function fakeShop(t: TestContext, answering: Answering): Promise<FakeShop> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const json = request.headers['content-type'] === 'application/json' ? JSON.parse(body) : {};
    const name = `${request.method} ${new URL(request.url ?? '/', shop.url).pathname}`;
    const asked = { name, headers: request.headers, body, json, at: Date.now() };
    shop.asked.push(asked);
    const reply = await answering(asked, shop);
    if (reply === 'lost') return void request.socket.destroy();
    if (reply === 'never') return;
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const shop: FakeShop = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    count: (name) => shop.asked.filter((asked) => asked.name === name).length,
  };
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return shop;
}

export const ok = (data: unknown, headers: Record<string, string> = {}): Reply => ({
  headers,
  body: { statusCode: 200, message: 'Done.', data },
});

export const refused = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
  details: object[] = [],
): Reply => ({
  status,
  headers,
  body: {
    statusCode: status,
    error: 'Error',
    code,
    message: 'No.',
    details,
    timestamp: '',
    path: '/',
    requestId: 'req-1',
  },
});

/** The tokens of the nth sign-in or refresh. */
export const tokens = (n: number, expiresIn = 900) => ({
  accessToken: `access-${n}`,
  refreshToken: `refresh-${n}`,
  deviceToken: `device-${n}`,
  expiresIn,
  user: { email: 'ada@example.com' },
});

/** The arguments of `createClient` that let tests be fast. */
export const QUICK = { repeats: { tries: 3 } };
