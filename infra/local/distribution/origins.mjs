// Sends requests to the origins: buckets, with a signature as an origin access control makes it, and the APIs.
import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

const SECONDS = 30;

/** What sends a request to an origin. `settings.origins` has the local address of each domain name. An answer that opens a
 * WebSocket has a `socket` in place of a body. */
export function originsOf({ origins, credentials }) {
  const agent = new Agent({ keepAlive: true });
  return async (origin, { method, target, headers, body }) => {
    const base = origins[origin.DomainName];
    if (!base) throw new Error(`there is no origin ${origin.DomainName} here`);
    // S3 takes dots for a part of a name. A server of this machine might go up to another bucket.
    if (origin.S3OriginConfig && /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(target.split('?')[0])) {
      return { status: 400, headers: {}, body: Buffer.alloc(0) };
    }
    const url = new URL(base);
    // The path goes out as it came, so that nothing is resolved on the way.
    const path = url.pathname.replace(/\/$/, '') + target;
    const signed = origin.S3OriginConfig ? signature(credentials, method, url.host, path) : {};
    const options = { host: url.hostname, port: url.port, agent, method, path, timeout: SECONDS * 1000 };
    return send({ ...options, headers: { ...headers, host: url.host, ...signed } }, body);
  };
}

function send(options, body) {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(options, async (incoming) => {
      resolve({ status: incoming.statusCode, headers: joined(incoming), body: await buffer(incoming) });
    });
    outgoing.on('upgrade', (incoming, socket, head) => {
      socket.setTimeout(0);
      socket.unshift(head);
      resolve({ status: incoming.statusCode, headers: joined(incoming), socket });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('the origin did not answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function joined({ headersDistinct }) {
  const one = ([name, values]) => [name, name === 'set-cookie' ? values : values.join(', ')];
  return Object.fromEntries(Object.entries(headersDistinct).map(one));
}

/** Signature version 4 of a request to S3 without a body. */
function signature({ accessKeyId, secretAccessKey, region }, method, host, path) {
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const [uri, query = ''] = path.split('?');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    method,
    uri,
    query,
    `host:${host}`,
    'x-amz-content-sha256:UNSIGNED-PAYLOAD',
    `x-amz-date:${time}`,
    '',
    names,
    'UNSIGNED-PAYLOAD',
  ];
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical.join('\n')).digest('hex')].join(
    '\n',
  );
  const hmac = (key, word) => createHmac('sha256', key).update(word).digest();
  const key = scope.split('/').reduce(hmac, `AWS4${secretAccessKey}`);
  const proof = hmac(key, text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${proof}`;
  return { authorization, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': time };
}
