// What the policies say: what an answer is kept under, what an origin sees of a request, which headers an answer gets.

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
// A viewer cannot send these: CloudFront writes them itself or takes them away.
const OWN = /^(cloudfront-|x-amz-cf-|x-edge-|x-cache$|x-forwarded-proto$|x-real-ip$|via$|expect$)/;

/** What an answer is kept under. */
export function cacheKey(policy, origin, request) {
  const named = headersInKey(policy).map((name) => [name, request.headers[name] ?? null]);
  const { CookiesConfig: cookies } = parameters(policy);
  if (cookies.CookieBehavior !== 'none') throw new Error('cookies in the key of the cache are not known here');
  return JSON.stringify([origin, request.path, queryInKey(policy, request.query), named, encodings(policy, request)]);
}

/** The headers that the origin gets. */
export function headersForOrigin(cachePolicy, requestPolicy, origin, request) {
  const viewer = Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !OWN.test(name));
  const inKey = headersInKey(cachePolicy);
  const chosen = choice(requestPolicy?.HeadersConfig);
  const sent = viewer.filter(([name]) => name !== 'cookie' && (inKey.includes(name) || chosen(name)));
  const headers = { 'user-agent': 'Amazon CloudFront', ...Object.fromEntries(sent) };
  const cookies = requestPolicy?.CookiesConfig.CookieBehavior ?? 'none';
  if (!['all', 'none'].includes(cookies)) throw new Error('a choice of cookies is not known here');
  if (cookies === 'all' && request.headers.cookie) headers.cookie = request.headers.cookie;
  const accepted = encodings(cachePolicy, request);
  if (accepted === '') delete headers['accept-encoding'];
  else if (accepted !== undefined) headers['accept-encoding'] = accepted;
  if (!request.body.length) delete headers['content-length'];
  headers['x-forwarded-for'] = [request.headers['x-forwarded-for'], request.ip].filter(Boolean).join(', ');
  headers.via = '1.1 stand-in.cloudfront.net (CloudFront)';
  headers['x-amz-cf-id'] = request.id;
  headers.host = origin.DomainName;
  for (const { HeaderName, HeaderValue } of origin.CustomHeaders?.Items ?? [])
    headers[HeaderName.toLowerCase()] = HeaderValue;
  return headers;
}

/** The query that the origin gets. */
export function queryForOrigin(cachePolicy, requestPolicy, query) {
  const behaviours = [parameters(cachePolicy).QueryStringsConfig, requestPolicy?.QueryStringsConfig];
  return behaviours.some((one) => one && allOrNone(one)) ? query : '';
}

/** The headers of an answer, with those that a policy adds. */
export function withPolicy(policy, original, request) {
  const headers = Object.fromEntries(Object.entries(original).filter(([name]) => !HOP_BY_HOP.includes(name)));
  if (!policy) return headers;
  const set = (name, value, override) => {
    if (override || !(name in headers)) headers[name] = value;
  };
  const {
    CorsConfig: cors,
    SecurityHeadersConfig: security = {},
    CustomHeadersConfig: custom,
    RemoveHeadersConfig: removed,
  } = policy;
  for (const { Header } of removed?.Items ?? []) delete headers[Header.toLowerCase()];
  const {
    ContentSecurityPolicy: csp,
    StrictTransportSecurity: hsts,
    FrameOptions: frame,
    ReferrerPolicy: referrer,
  } = security;
  if (csp) set('content-security-policy', csp.ContentSecurityPolicy, csp.Override);
  if (hsts) {
    const words = [
      `max-age=${hsts.AccessControlMaxAgeSec}`,
      hsts.IncludeSubdomains && 'includeSubDomains',
      hsts.Preload && 'preload',
    ];
    set('strict-transport-security', words.filter(Boolean).join('; '), hsts.Override);
  }
  if (security.ContentTypeOptions) set('x-content-type-options', 'nosniff', security.ContentTypeOptions.Override);
  if (frame) set('x-frame-options', frame.FrameOption, frame.Override);
  if (referrer) set('referrer-policy', referrer.ReferrerPolicy, referrer.Override);
  for (const { Header, Value, Override } of custom?.Items ?? []) set(Header.toLowerCase(), Value, Override);
  if (cors && request.headers.origin) addCors(cors, set);
  return headers;
}

function addCors(cors, set) {
  if (String(cors.AccessControlAllowOrigins.Items) !== '*') throw new Error('only CORS for every origin is known here');
  set('access-control-allow-origin', '*', cors.OriginOverride);
  const exposed = cors.AccessControlExposeHeaders?.Items ?? [];
  if (exposed.length) set('access-control-expose-headers', exposed.join(', '), cors.OriginOverride);
}

/** The encodings that the key of the cache tells apart: `br,gzip`, `gzip` or none. Undefined if it tells none apart. */
export function encodings(policy, request) {
  const { EnableAcceptEncodingBrotli: br, EnableAcceptEncodingGzip: gzip } = parameters(policy);
  if (!br && !gzip) return undefined;
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((one) => one.trim().split(';'));
  const wants = (name) => accepted.some(([word, weight]) => word === name && !/q=0(\.0*)?$/.test(weight ?? ''));
  return [br && wants('br') && 'br', gzip && wants('gzip') && 'gzip'].filter(Boolean).join(',');
}

function parameters(policy) {
  return policy.ParametersInCacheKeyAndForwardedToOrigin;
}

function headersInKey(policy) {
  const { HeaderBehavior: behaviour, Headers: headers } = parameters(policy).HeadersConfig;
  if (behaviour === 'none') return [];
  if (behaviour === 'whitelist') return headers.Items.map((name) => name.toLowerCase());
  throw new Error(`headers in the key of the cache: ${behaviour} is not known here`);
}

function queryInKey(policy, query) {
  return allOrNone(parameters(policy).QueryStringsConfig) ? query : '';
}

function allOrNone({ QueryStringBehavior: behaviour }) {
  if (!['all', 'none'].includes(behaviour)) throw new Error(`query strings: ${behaviour} is not known here`);
  return behaviour === 'all';
}

function choice(config = { HeaderBehavior: 'none' }) {
  const names = (config.Headers?.Items ?? []).map((name) => name.toLowerCase());
  const choices = {
    none: () => false,
    whitelist: (name) => names.includes(name),
    allViewer: () => true,
    allExcept: (name) => !names.includes(name),
  };
  const chosen = choices[config.HeaderBehavior];
  if (!chosen) throw new Error(`headers for the origin: ${config.HeaderBehavior} is not known here`);
  return chosen;
}
