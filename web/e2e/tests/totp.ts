import { createHmac } from 'node:crypto';

const STEP = 30_000;

/** The code that an authenticator app shows now: RFC 6238, with SHA-1, six digits and 30 seconds. The shop takes one code
 * once, and that of the next step already, so `after` is when the last one was sent: nobody has to wait. */
export function codeOf(secret: string, after = 0): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()].map((one) =>
    letters.indexOf(one).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Math.max(Date.now(), after + STEP) / STEP)));
  const hash = createHmac('sha1', key).update(step).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
