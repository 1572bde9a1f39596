// CloudFront compresses answers of certain types and sizes which the origin did not compress.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { encodings } from './policies.mjs';

const TYPES =
  /^(text\/(?!event-stream)|application\/((\w|[.+-])*(json|xml)|javascript|x-javascript|wasm|manifest|vnd.ms-fontobject)|font\/(opentype|otf|ttf)|image\/(svg\+xml|bmp|x-icon|vnd.microsoft.icon))/;

/** The headers and the body, compressed if the policy, the viewer and the answer allow it. */
export function compressed(policy, request, headers, body) {
  const [encoding] = (encodings(policy, request) ?? '').split(',');
  const fits = body.length >= 1_000 && body.length <= 10_000_000 && TYPES.test(headers['content-type'] ?? '');
  if (!encoding || !fits || headers['content-encoding'] || Number(policy.MaxTTL ?? 1) === 0) return { headers, body };
  const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  const short = encoding === 'br' ? brotliCompressSync(body, fast) : gzipSync(body);
  const vary = [headers.vary, 'Accept-Encoding'].filter(Boolean).join(', ');
  const changed = { ...headers, 'content-encoding': encoding, vary };
  // The bytes are others now, so a strong tag becomes a weak one.
  if (headers.etag && !headers.etag.startsWith('W/')) changed.etag = `W/${headers.etag}`;
  return { headers: changed, body: short };
}
