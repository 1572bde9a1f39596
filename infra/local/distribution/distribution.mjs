// What CloudFront does with a request, as its documentation says it: behaviour, function, cache, origin, compression,
// headers. A setting that is not known here is refused at the start, so that nobody takes it for tried.
import { randomUUID } from 'node:crypto';

import { Cache, keepFor, STATUSES_THAT_ARE_KEPT } from './cache.mjs';
import { compressed } from './compression.mjs';
import { EdgeFunction, FunctionError } from './edge_function.mjs';
import { cacheKey, headersForOrigin, queryForOrigin, withPolicy } from './policies.mjs';

const BEHAVIOUR_SETTINGS = new Set(
  `PathPattern TargetOriginId ViewerProtocolPolicy AllowedMethods Compress CachePolicyId OriginRequestPolicyId
   ResponseHeadersPolicyId FunctionAssociations TrustedSigners TrustedKeyGroups SmoothStreaming FieldLevelEncryptionId
   LambdaFunctionAssociations GrpcConfig`.split(/\s+/),
);
const DEFAULT_ERROR_SECONDS = 10;

export class Distribution {
  #settings;
  #send;
  #now;
  #cache = new Cache();
  #behaviours;
  #errorSeconds;

  /** `send(origin, request)` sends a request to an origin. `now()` is the time in seconds. */
  constructor(settings, send, now = () => Date.now() / 1000) {
    const config = settings.distribution;
    this.#settings = settings;
    this.#send = send;
    this.#now = now;
    const origins = new Map(config.Origins.Items.map((origin) => [origin.Id, origin]));
    const behaviours = [...(config.CacheBehaviors?.Items ?? []), { ...config.DefaultCacheBehavior, PathPattern: '*' }];
    this.#behaviours = behaviours.map((one) => this.#behaviour(one, origins));
    const errors = config.CustomErrorResponses?.Items ?? [];
    if (errors.some((error) => error.ResponsePagePath)) throw new Error('error pages are not known here');
    this.#errorSeconds = new Map(errors.map((error) => [Number(error.ErrorCode), Number(error.ErrorCachingMinTTL)]));
  }

  #behaviour(config, origins) {
    const unknown = Object.keys(config).filter((name) => !BEHAVIOUR_SETTINGS.has(name));
    if (unknown.length) throw new Error(`${config.PathPattern} has settings that are not known here: ${unknown}`);
    const associations = config.FunctionAssociations?.Items ?? [];
    if (associations.some((one) => one.EventType !== 'viewer-request') || config.LambdaFunctionAssociations?.Quantity) {
      throw new Error('only functions of viewer requests are known here');
    }
    const { cachePolicies, requestPolicies, headerPolicies, functions } = this.#settings;
    return {
      fits: pattern(config.PathPattern),
      origin: required(origins.get(config.TargetOriginId), config.TargetOriginId),
      methods: config.AllowedMethods?.Items ?? ['GET', 'HEAD'],
      compress: config.Compress === true,
      cachePolicy: required(cachePolicies[config.CachePolicyId], config.CachePolicyId),
      requestPolicy:
        config.OriginRequestPolicyId &&
        required(requestPolicies[config.OriginRequestPolicyId], config.OriginRequestPolicyId),
      headerPolicy:
        config.ResponseHeadersPolicyId &&
        required(headerPolicies[config.ResponseHeadersPolicyId], config.ResponseHeadersPolicyId),
      code: associations.map((one) => new EdgeFunction(required(functions[one.FunctionARN], one.FunctionARN)))[0],
    };
  }

  /** The answer to `{ method, target, headers, ip, body }`: `{ status, headers, body }`. */
  async answer(incoming) {
    const { behaviour, request, answer } = await this.#choose(incoming);
    if (!request) return answer;
    const { answer: found, from } = await this.#cachedOrFetched(behaviour, request);
    return this.#finish(behaviour, request, found, from);
  }

  /** The answer to a request that opens a WebSocket: with the open `socket` of the origin, or as any other. */
  async upgrade(incoming) {
    const { behaviour, request, answer } = await this.#choose(incoming);
    if (!request) return answer;
    const sent = forOrigin(behaviour, request);
    const headers = { ...sent.headers, connection: 'upgrade', upgrade: 'websocket' };
    return this.#send(behaviour.origin, { ...sent, headers }).catch((error) => unreachable(request, error));
  }

  /** The behaviour of a request and the request after its function, or the `answer` that ends it here. */
  async #choose(incoming) {
    const id = randomUUID();
    const [path, ...query] = incoming.target.split('?');
    const request = { ...incoming, id, path, query: query.join('?') };
    // Dots in a path are resolved to choose the behaviour. The origin gets the path as it was sent.
    const behaviour = this.#behaviours.find((one) => one.fits(new URL(`http://name${path}`).pathname));
    const refused = (status, sentence) => ({ answer: refusal(status, sentence, id) });
    if (!behaviour.methods.includes(request.method)) return refused(403, 'This method is not allowed here.');
    if (['GET', 'HEAD'].includes(request.method) && request.body.length) return refused(403, 'A GET has no body.');
    try {
      const changed = behaviour.code ? await behaviour.code.run(request, this.#settings) : { request };
      if (changed.answer) {
        return { answer: this.#finish(behaviour, request, changed.answer, 'FunctionGeneratedResponse') };
      }
      return { behaviour, request: changed.request };
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      console.error(`${path}: ${error.message}`);
      return refused(503, 'The function of this path failed.');
    }
  }

  async #cachedOrFetched(behaviour, request) {
    const key = cacheKey(behaviour.cachePolicy, behaviour.origin.Id, request);
    const kept = ['GET', 'HEAD'].includes(request.method) ? this.#cache.get(key) : undefined;
    if (!kept) return { answer: await this.#fetch(behaviour, request, key), from: 'Miss' };
    const age = this.#now() - kept.since;
    const answer = { ...kept.answer, headers: { ...kept.answer.headers, age: String(Math.floor(age)) } };
    if (age < kept.fresh) return { answer, from: 'Hit' };
    if (age < kept.fresh + kept.whileRevalidated) {
      if (!kept.isRevalidated) {
        kept.isRevalidated = true;
        this.#fetch(behaviour, { ...request, method: 'GET' }, key, kept).finally(() => {
          kept.isRevalidated = false;
        });
      }
      return { answer, from: 'Hit' };
    }
    return { answer: await this.#fetch(behaviour, request, key, kept), from: 'RefreshHit' };
  }

  async #fetch(behaviour, request, key, kept) {
    const sent = forOrigin(behaviour, request);
    const etag = kept?.answer.headers.etag;
    if (etag) sent.headers['if-none-match'] = etag;
    let answer;
    try {
      answer = await this.#send(behaviour.origin, sent);
    } catch (error) {
      return unreachable(request, error);
    }
    if (answer.status === 304 && etag) {
      answer = { ...kept.answer, headers: { ...kept.answer.headers, ...answer.headers } };
    }
    const { fresh, whileRevalidated } = this.#keepFor(behaviour.cachePolicy, answer);
    if (request.method === 'GET' && fresh + whileRevalidated > 0) {
      this.#cache.set(key, { answer, since: this.#now(), fresh, whileRevalidated });
    } else if (request.method === 'GET') {
      this.#cache.delete(key);
    }
    return answer;
  }

  #keepFor(policy, answer) {
    const said = keepFor(policy, answer.headers);
    if (answer.status < 400) return [200, 203, 206, 300, 301, 302, 307, 308].includes(answer.status) ? said : NEVER;
    const least = this.#errorSeconds.get(answer.status) ?? DEFAULT_ERROR_SECONDS;
    if (!STATUSES_THAT_ARE_KEPT.includes(answer.status) && !said.fresh) return NEVER;
    return { fresh: Math.max(least, said.fresh), whileRevalidated: 0 };
  }

  #finish(behaviour, request, answer, from) {
    let { status, headers, body } = answer;
    if (
      status === 200 &&
      ['GET', 'HEAD'].includes(request.method) &&
      hasTag(request.headers['if-none-match'], headers.etag)
    ) {
      [status, body] = [304, Buffer.alloc(0)];
    }
    headers = withPolicy(behaviour.headerPolicy, headers, request);
    if (behaviour.compress && status === 200)
      ({ headers, body } = compressed(behaviour.cachePolicy, request, headers, body));
    if (request.method === 'HEAD' || status === 304) body = Buffer.alloc(0);
    if (status !== 304 && status !== 204 && request.method !== 'HEAD') headers['content-length'] = String(body.length);
    if (status === 304) delete headers['content-length'];
    const named = status >= 400 && from === 'Miss' ? 'Error' : from;
    return { status, headers: { ...headers, 'x-cache': `${named} from cloudfront`, 'x-amz-cf-id': request.id }, body };
  }
}

/** The request that the origin gets. */
function forOrigin({ cachePolicy, requestPolicy, origin }, request) {
  const query = queryForOrigin(cachePolicy, requestPolicy, request.query);
  return {
    method: request.method,
    target: (origin.OriginPath ?? '') + request.path + (query && `?${query}`),
    headers: headersForOrigin(cachePolicy, requestPolicy, origin, request),
    body: request.body,
  };
}

function unreachable({ path }, { message }) {
  console.error(`${path}: ${message}`);
  return text(502, 'The origin did not answer.');
}

const NEVER = { fresh: 0, whileRevalidated: 0 };

function pattern(text) {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${text.startsWith('/') || text.startsWith('*') ? '' : '/'}${escaped}$`, 's');
  return (path) => expression.test(path);
}

function required(value, name) {
  if (value === undefined) throw new Error(`the distribution names ${name}, which is not deployed`);
  return value;
}

function hasTag(asked, tag) {
  const strong = (one) => one.trim().replace(/^W\//, '');
  return Boolean(asked && tag) && asked.split(',').some((one) => strong(one) === '*' || strong(one) === strong(tag));
}

function text(status, sentence) {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(`${sentence}\n`) };
}

/** What CloudFront answers by itself has none of the headers of a policy. */
function refusal(status, sentence, id) {
  const answer = text(status, sentence);
  return { ...answer, headers: { ...answer.headers, 'x-cache': 'Error from cloudfront', 'x-amz-cf-id': id } };
}
