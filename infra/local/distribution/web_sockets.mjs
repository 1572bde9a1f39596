// WebSockets through the distribution: the origin accepts or refuses a connection, and what follows goes through as it is.
import { STATUS_CODES } from 'node:http';

// CloudFront ends a connection on which nobody says anything for so long.
const IDLE_MINUTES = 10;

/** Opens the WebSocket that `request` asks for, or answers on its `socket` why not. */
export async function openWebSocket(distribution, request, socket) {
  socket.on('error', () => socket.destroy());
  const answer = await distribution.upgrade(request);
  write(socket, answer);
  if (!answer.socket) return socket.end(answer.body);
  for (const [one, other] of [
    [socket, answer.socket],
    [answer.socket, socket],
  ]) {
    one.setTimeout(IDLE_MINUTES * 60_000, () => one.destroy());
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
    one.pipe(other);
  }
}

function write(socket, { status, headers, body }) {
  const length = body ? { connection: 'close', 'content-length': body.length } : {};
  const { 'transfer-encoding': _, ...sent } = { ...headers, ...length };
  const lines = Object.entries(sent).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`));
  socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n'));
}
