// llms.txt, in the form of https://llmstxt.org, and llms-full.txt: the shop for language models.
import { BASE, groups, guides, source } from './guides.ts';
import { withPublishedLinks } from './links.ts';
import { operations } from './operations.ts';

const INTRODUCTION = `# Kontor shop

> The API of this shop: accounts, products, search, reviews, stock, carts, coupons, orders, payments, refunds, returns, live
> updates and webhooks. JSON over HTTPS. All addresses here are at the host that this file came from.

Base URL: \`/api/v1\` at this host. The whole description is OpenAPI 3.1: \`/api/v1/openapi.json\` (1.4 MB; names of operations,
bodies, answers, error codes, permissions).

An answer is \`{"statusCode":200,"message":"…","data":…}\`. An error has a stable \`code\`, a \`message\` for people and \`details\`
with each field that was refused. Money is \`{"amount":1999,"currency":"usd"}\`, in whole minor units. Times are RFC 3339 in
UTC. Unknown fields are refused. After 429 and 503 wait for \`Retry-After\` seconds.

Signing in: most of what a shopper needs works without it. \`POST /auth/login\` with \`{"email":…,"password":…}\` gives
\`data.accessToken\`, good for 15 minutes, and a refresh token for \`POST /auth/refresh\`. Send
\`Authorization: Bearer <access token>\`. Servers use an API key of the shop in the same header. A guest's cart and order have
tokens of their own; the frontend guide says in which headers they go.

The most important routes, all below \`/api/v1\`:

- \`GET /shop\`: name, currency, countries, shipping, tax, payment methods, limits. Begin here.
- \`GET /products?q=…&category=…&limit=…\`: finds products by words and filters, with counts of each filter.
- \`GET /products/{id}\`: one product by id or slug, with variants, pictures, prices and stock.
- \`GET /reviews/product/{id}\`: what customers wrote about it.
- \`GET /cart\`, \`POST /cart/items\` with \`{"sku":…,"quantity":…}\`: the cart of a user or a guest.
- \`POST /quotes\`: what an order would cost, with shipping, tax and discount.
- \`POST /orders\`: places an order. Send a new \`Idempotency-Key\` for each order, and the same one when you repeat it. It
  costs somebody money: ask the person before you call it.
- \`GET /orders\`, \`GET /orders/{id}\`, \`POST /orders/{id}/cancel\`, \`POST /orders/{id}/returns\`: what happens afterwards.
- \`POST /auth/register\`, \`GET /auth/profile\`: accounts.

What staff do needs a permission, which the description names with each route.
`;

const entry = ({ name, title, about }: (typeof guides)[number]) => `- [${title}](${BASE}guides/${name}.md): ${about}`;

export function short(): string {
  const sections = groups.map((group) => `## ${group.title}\n\n${group.guides.map(entry).join('\n')}\n`);
  const more = `## Optional

- [Everything in one file](/llms-full.txt): each route in one line, and all guides.
- [OpenAPI description](/api/v1/openapi.json): every route, body, answer and error code.
- [Reference for people](${BASE}): the same as a page that sends requests.
`;
  return [INTRODUCTION, ...sections, more].join('\n');
}

export function full(): string {
  const routes = operations.map(({ method, path, summary }) => `- \`${method} ${path}\`: ${summary}`).join('\n');
  const texts = guides.map((guide) => withPublishedLinks(source(guide), guide.file));
  return [INTRODUCTION, `## All routes\n\n${routes}\n`, ...texts].join('\n');
}
