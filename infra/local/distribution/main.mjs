// Stands in for CloudFront on this machine: `node main.mjs settings.json port`. distribution.py writes the settings, which
// are those of the deployed distribution. Whoever opens http://127.0.0.1:<port> is treated as if it were HTTPS.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { Distribution } from './distribution.mjs';
import { originsOf } from './origins.mjs';

const [file, port] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(file, 'utf8'));
const distribution = new Distribution(settings, originsOf(settings));

const server = createServer(async (incoming, outgoing) => {
  const request = {
    method: incoming.method,
    target: incoming.url,
    headers: single(incoming.headersDistinct),
    ip: incoming.socket.remoteAddress.replace(/^::ffff:/, ''),
    body: await buffer(incoming),
  };
  const answer = await distribution.answer(request);
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(answer.body);
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));

/** A header that was sent several times is one header with commas, and cookies are one with semicolons. */
function single(headers) {
  const joined = ([name, values]) => [name, values.join(name === 'cookie' ? '; ' : ', ')];
  return Object.fromEntries(Object.entries(headers).map(joined));
}
