import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { originsOf } from '../origins.mjs';

const asked = [];
const server = createServer((incoming, outgoing) => {
  asked.push({ target: incoming.url, headers: incoming.headers });
  outgoing.setHeader('set-cookie', ['a=1', 'b=2']);
  outgoing.end('there');
});
let send;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', region: 'eu-west-1' };
  send = originsOf({ origins: { 'pages.s3': `${url}/pages`, 'api.example': `${url}/_aws/api/$default` }, credentials });
});
after(() => server.close());

const request = (target, headers = {}) => ({ method: 'GET', target, headers, body: Buffer.alloc(0) });
const BUCKET = { DomainName: 'pages.s3', S3OriginConfig: {} };
const API = { DomainName: 'api.example' };

test('the API gets the path and the query as they came, and its cookies come back one by one', async () => {
  const answer = await send(API, request('/api/v1/a/../b%2Fc?x=%20&y', { cookie: 'c=3' }));
  const { target, headers } = asked.pop();
  assert.equal(target, '/_aws/api/$default/api/v1/a/../b%2Fc?x=%20&y');
  assert.equal(headers.cookie, 'c=3');
  assert.equal(headers.authorization, undefined);
  assert.deepEqual(
    [answer.status, answer.body.toString(), answer.headers['set-cookie']],
    [200, 'there', ['a=1', 'b=2']],
  );
});

test('a bucket gets a signed request, and never one for what is beside it', async () => {
  await send(BUCKET, request('/assets/a.js'));
  const { target, headers } = asked.pop();
  assert.equal(target, '/pages/assets/a.js');
  assert.match(
    headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=/,
  );
  for (const path of ['/../files/secret', '/assets/%2e%2E/x', '/./x', '/..']) {
    assert.equal((await send(BUCKET, request(path))).status, 400, path);
  }
  assert.deepEqual(asked, []);
});

test('an origin that is not on this machine is an error', async () => {
  await assert.rejects(send({ DomainName: 'elsewhere.example' }, request('/')), /no origin elsewhere.example/);
});
