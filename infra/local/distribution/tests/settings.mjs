// A distribution as its API describes it, with an API and a bucket that remember what they were asked.
import { Distribution } from '../distribution.mjs';

const list = (...items) => ({ Quantity: items.length, Items: items });

const cachePolicy = (headers, query) => ({
  MinTTL: 0,
  DefaultTTL: 0,
  MaxTTL: 31536000,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: true,
    EnableAcceptEncodingBrotli: true,
    HeadersConfig: headers.length
      ? { HeaderBehavior: 'whitelist', Headers: list(...headers) }
      : { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: query },
  },
});

export const settings = () => ({
  id: 'E1',
  domainName: 'd1.cloudfront.net',
  distribution: {
    Origins: list(
      { Id: 'pages', DomainName: 'pages.s3', S3OriginConfig: { OriginAccessIdentity: '' }, OriginPath: '' },
      {
        Id: 'api',
        DomainName: 'api.example',
        OriginPath: '',
        CustomOriginConfig: {},
        CustomHeaders: list({ HeaderName: 'origin-secret', HeaderValue: 'right' }),
      },
    ),
    CacheBehaviors: list(
      {
        PathPattern: '/api/docs/*',
        TargetOriginId: 'pages',
        Compress: true,
        CachePolicyId: 'files',
        ResponseHeadersPolicyId: 'pages',
        FunctionAssociations: list({ EventType: 'viewer-request', FunctionARN: 'docs' }),
      },
      {
        PathPattern: '/api/*',
        TargetOriginId: 'api',
        AllowedMethods: {
          ...list('GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'),
          CachedMethods: list('GET', 'HEAD'),
        },
        Compress: true,
        CachePolicyId: 'api',
        OriginRequestPolicyId: 'all but Host',
        FunctionAssociations: list({ EventType: 'viewer-request', FunctionARN: 'api' }),
      },
    ),
    DefaultCacheBehavior: {
      TargetOriginId: 'pages',
      Compress: true,
      CachePolicyId: 'files',
      ResponseHeadersPolicyId: 'pages',
    },
    CustomErrorResponses: list({ ErrorCode: 404, ErrorCachingMinTTL: 0, ResponsePagePath: '' }),
  },
  cachePolicies: { files: cachePolicy([], 'none'), api: cachePolicy(['Authorization', 'Origin'], 'all') },
  requestPolicies: {
    'all but Host': {
      HeadersConfig: { HeaderBehavior: 'allExcept', Headers: list('Host') },
      CookiesConfig: { CookieBehavior: 'all' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    },
  },
  headerPolicies: {
    pages: {
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { Override: true, ContentSecurityPolicy: "default-src 'self'" },
        StrictTransportSecurity: { Override: true, AccessControlMaxAgeSec: 60, IncludeSubdomains: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { Override: true, FrameOption: 'DENY' },
        ReferrerPolicy: { Override: false, ReferrerPolicy: 'same-origin' },
      },
      CustomHeadersConfig: list({ Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true }),
      CorsConfig: { OriginOverride: true, AccessControlAllowOrigins: list('*') },
    },
  },
  functions: {
    docs: `function handler(event) {
      if (event.request.uri.endsWith('/')) event.request.uri += 'index.html';
      else if (!event.request.uri.includes('.')) return { statusCode: 302, headers: { location: { value: event.request.uri + '/' } } };
      return event.request;
    }`,
    api: `function handler(event) {
      event.request.headers['viewer-address'] = { value: event.viewer.ip };
      return event.request;
    }`,
  },
});

/** A distribution whose origins answer `reply(request)`. Its clock stands still until `passes` moves it. */
export function open(reply, config = settings()) {
  const world = { asked: [], now: 1_000 };
  const send = async (origin, request) => {
    world.asked.push({ origin: origin.Id, ...request });
    const { status = 200, headers = {}, body = '' } = await reply(request, world.asked.length);
    return { status, headers, body: Buffer.from(body) };
  };
  const distribution = new Distribution(config, send, () => world.now);
  world.ask = async (target, { method = 'GET', headers = {}, body = '', ip = '192.0.2.1' } = {}) => {
    const answer = await distribution.answer({
      method,
      target,
      headers: { host: 'shop.example', ...headers },
      ip,
      body: Buffer.from(body),
    });
    return { ...answer, text: answer.body.toString(), from: answer.headers['x-cache'] };
  };
  world.passes = (seconds) => {
    world.now += seconds;
  };
  return world;
}
