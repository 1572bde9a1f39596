// Runs a CloudFront Function with only what its runtime (cloudfront-js-2.0) has: the language, console.log, and nothing of
// Node. It cannot make code from text.
import { createContext, runInContext } from 'node:vm';

// CloudFront gives a function a millisecond of CPU. This only ends one that would never end, also on a busy machine.
const MILLISECONDS = 5_000;
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
const FORBIDDEN =
  /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const READ_ONLY = ['content-length', 'host', 'transfer-encoding', 'via'];

export class FunctionError extends Error {}

export class EdgeFunction {
  #context = createContext({}, { codeGeneration: { strings: false, wasm: false } });

  #milliseconds;

  constructor(code, milliseconds = MILLISECONDS) {
    this.#milliseconds = milliseconds;
    const logged = (...words) => console.log(...words);
    Object.assign(this.#context, { console: { log: logged, warn: logged, error: logged } });
    runInContext('delete WebAssembly; delete SharedArrayBuffer; delete Atomics; delete Intl;', this.#context);
    runInContext(code, this.#context);
  }

  /** The changed request, or the answer that the function gave. */
  async run(request, { id, domainName }) {
    const { cookie, ...headers } = request.headers;
    const cookies = (cookie ?? '')
      .split(';')
      .filter(Boolean)
      .map((one) => one.trim().split(/=(.*)/s));
    const sent = {
      method: request.method,
      uri: request.path,
      querystring: valued([...new URLSearchParams(request.query)]),
      headers: valued(Object.entries(headers)),
      cookies: valued(cookies),
    };
    const context = {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: request.id,
    };
    const event = { version: '1.0', context, viewer: { ip: request.ip }, request: sent };
    const result = await this.#call(event);
    if (result?.statusCode) return { answer: answerOf(result) };
    return { request: changed(request, sent, result) };
  }

  async #call(event) {
    try {
      this.#context.event = JSON.stringify(event);
      const result = await runInContext('handler(JSON.parse(event))', this.#context, { timeout: this.#milliseconds });
      return JSON.parse(JSON.stringify(result ?? null));
    } catch (error) {
      throw new FunctionError(`the function failed: ${error?.message ?? error}`);
    }
  }
}

function valued(entries) {
  const values = {};
  for (const [name, value = ''] of entries) {
    const first = values[name];
    if (first) first.multiValue = [...(first.multiValue ?? [{ value: first.value }]), { value }];
    else values[name] = { value };
  }
  return values;
}

function changed(request, sent, result) {
  if (typeof result?.uri !== 'string' || !result.uri.startsWith('/'))
    throw new FunctionError('the function returned no request');
  const headers = {};
  for (const [name, { value }] of Object.entries(result.headers ?? {})) {
    const differs = sent.headers[name]?.value !== value;
    if (name !== name.toLowerCase() || (differs && (FORBIDDEN.test(name) || READ_ONLY.includes(name)))) {
      throw new FunctionError(`the function must not set the header ${name}`);
    }
    headers[name] = value;
  }
  const pairs = (values) =>
    Object.entries(values ?? {}).flatMap(([name, one]) => (one.multiValue ?? [one]).map(({ value }) => [name, value]));
  const same = (one) => JSON.stringify(result[one]) === JSON.stringify(sent[one]);
  const cookie = pairs(result.cookies)
    .map((pair) => pair.join('='))
    .join('; ');
  if (cookie) headers.cookie = same('cookies') ? request.headers.cookie : cookie;
  const query = same('querystring') ? request.query : new URLSearchParams(pairs(result.querystring)).toString();
  return { ...request, path: result.uri, query, headers };
}

function answerOf(result) {
  const headers = Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value]));
  const { data = '', encoding = 'utf8' } =
    typeof result.body === 'string' ? { data: result.body } : (result.body ?? {});
  return { status: result.statusCode, headers, body: Buffer.from(data, encoding === 'base64' ? 'base64' : 'utf8') };
}
