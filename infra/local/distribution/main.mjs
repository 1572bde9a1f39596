// Stands in for CloudFront on this machine: `node main.mjs settings.json port`. distribution.py writes the settings, which
// are those of the deployed distribution. Whoever opens http://127.0.0.1:<port> is treated as if it were HTTPS.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { Distribution } from './distribution.mjs';
import { originsOf } from './origins.mjs';
import { openWebSocket } from './web_sockets.mjs';

const [file, port] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(file, 'utf8'));
const distribution = new Distribution(settings, originsOf(settings));

// A wish for another protocol than this one ends at CloudFront, so it is a request like others.
const shouldUpgradeCallback = ({ headers }) => headers.upgrade.toLowerCase() === 'websocket';
const server = createServer({ shouldUpgradeCallback }, async (incoming, outgoing) => {
  const answer = await distribution.answer(request(incoming, await buffer(incoming)));
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(answer.body);
});
server.on('upgrade', async (incoming, socket, head) => {
  socket.unshift(head);
  await openWebSocket(distribution, request(incoming, Buffer.alloc(0)), socket);
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));

function request({ method, url, headersDistinct, socket }, body) {
  const ip = socket.remoteAddress.replace(/^::ffff:/, '');
  return { method, target: url, headers: single(headersDistinct), ip, body };
}

/** A header that was sent several times is one header with commas, and cookies are one with semicolons. */
function single(headers) {
  const joined = ([name, values]) => [name, values.join(name === 'cookie' ? '; ' : ', ')];
  return Object.fromEntries(Object.entries(headers).map(joined));
}
