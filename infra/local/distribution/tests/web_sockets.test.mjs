import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';

import { Distribution } from '../distribution.mjs';
import { originsOf } from '../origins.mjs';
import { openWebSocket } from '../web_sockets.mjs';
import { settings } from './settings.mjs';

const asked = [];
// Accepts who has a ticket, and says everything back.
const origin = createServer((_, outgoing) => {
  outgoing.writeHead(401, { 'content-type': 'text/plain' });
  outgoing.end('no ticket');
}).on('upgrade', (incoming, socket) => {
  asked.push({ target: incoming.url, headers: incoming.headers });
  if (!incoming.url.includes('ticket=good'))
    return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
  const key = `${incoming.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const head = `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}`;
  socket.write(`${head}\r\n\r\n`);
  socket.on('data', (bytes) => (String(bytes) === 'end' ? socket.end() : socket.write(bytes)));
  socket.on('end', () => socket.end());
});
const front = createServer();
const ports = {};

before(async () => {
  for (const [name, server] of Object.entries({ origin, front })) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[name] = server.address().port;
  }
  const config = settings();
  config.origins = { 'api.example': `http://127.0.0.1:${ports.origin}/_aws/live` };
  const send = originsOf(config);
  const distribution = new Distribution(config, (to, request) => {
    assert.equal(request.headers.upgrade, 'websocket', 'it is no ordinary request');
    return send(to, request);
  });
  front.on('upgrade', (incoming, socket) => {
    const { method, url: target, headers } = incoming;
    openWebSocket(distribution, { method, target, headers, ip: '203.0.113.5', body: Buffer.alloc(0) }, socket);
  });
});
after(() => {
  for (const server of [origin, front]) {
    server.closeAllConnections();
    server.close();
  }
});

const KEY = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };

function open(path, headers = {}, method = 'GET') {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', ...KEY, ...headers };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port: ports.front, host: '127.0.0.1', path, method, headers: upgrade });
    outgoing.on('upgrade', ({ headers }, socket) => resolve({ status: 101, headers, socket }));
    outgoing.on('response', async (incoming) => {
      incoming.resume();
      await once(incoming, 'end');
      resolve({ status: incoming.statusCode });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('a connection that the origin accepts carries bytes both ways, and ends with either side', async () => {
  const { status, headers, socket } = await open('/api/live?ticket=good');
  assert.equal(status, 101);
  assert.equal(headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  socket.write('there and back');
  assert.equal(String((await once(socket, 'data'))[0]), 'there and back');
  socket.end();
  await once(socket, 'close');
  const { socket: other } = await open('/api/live?ticket=good');
  other.write('end');
  other.resume();
  await once(other, 'close');
});

test('the origin sees the secret, the true address and what opens a WebSocket, whatever the client wrote', async () => {
  asked.length = 0;
  const { socket } = await open('/api/live?ticket=good', {
    'origin-secret': 'wrong',
    'viewer-address': '198.51.100.9',
  });
  socket.destroy();
  const [{ target, headers }] = asked;
  assert.equal(target, '/_aws/live/api/live?ticket=good');
  assert.deepEqual([headers['origin-secret'], headers['viewer-address']], ['right', '203.0.113.5']);
  assert.deepEqual(
    [headers.connection, headers.upgrade, headers['sec-websocket-key'], headers['sec-websocket-version']],
    ['upgrade', 'websocket', KEY['sec-websocket-key'], '13'],
  );
});

test('a refusal of the origin, of the distribution and of no origin is an answer', async () => {
  assert.equal((await open('/api/live?ticket=bad')).status, 401);
  assert.equal((await open('/live?ticket=good', {}, 'DELETE')).status, 403);
  assert.equal((await open('/assets/live?ticket=good')).status, 502);
});
