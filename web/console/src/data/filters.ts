import { beginOf, endOf } from './local-time.ts';
import type { Page } from './pages.ts';

type Query = Record<string, unknown>;

interface Sort {
  field?: string;
  order?: string;
}

/** The path of a list that shows only what the filter says. */
export const listPath = (resource: string, filter: Query): string =>
  `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** The id of an order, if it is a whole one. */
export const orderIdIn = (words: string) => idIn('ord', words);

function idIn(kind: string, words: string): string | undefined {
  const [, id] = /^\w{3}_([0-9A-HJKMNP-TV-Z]{26})$/i.exec(words.trim()) ?? [];
  return id && words.trim().toLowerCase().startsWith(kind) ? `${kind}_${id.toUpperCase()}` : undefined;
}

/**
 * What people type to find an order: its number, a tracking code, a name of its addresses, a SKU, the number of an
 * invoice, Stripe's payment intent, the beginning of the mail address, a telephone number, a postal code, or the id of the
 * account. The API has one parameter for each. Words can be several of these, so there is a query for each, the likely
 * ones first. No query finds nothing. Days are those of the shop.
 */
export function orderQueries({ q, sku, sort, from, to, ...others }: Query, zone: string): Query[] {
  const oldest = (sort as Sort | undefined)?.order === 'ASC';
  const query = {
    ...others,
    ...(oldest && { order: 'oldest' }),
    ...(typeof from === 'string' && { from: beginOf(zone, from) }),
    ...(typeof to === 'string' && { to: endOf(zone, to) }),
  };
  const withSku = sku === undefined ? query : { ...query, sku };
  const words = typeof q === 'string' ? q.trim() : '';
  if (words === '') return [withSku];
  // A whole address has the orders of its account too, whichever address these were placed with.
  const whole = /^\S+@\S+\.\w{2,}$/.test(words) ? [{ ...withSku, email: words }] : [];
  // The API takes nothing else beside a SKU.
  if (whole.length > 0 && sku !== undefined) return whole;
  if (/^(usr|ord)_/i.test(words)) {
    const userId = idIn('usr', words);
    return userId ? [{ ...withSku, userId }] : [];
  }
  return [...whole, ...meaningsOf(words).map((meaning) => ({ ...query, ...meaning }))];
}

/** What the words can mean, in the forms that the API takes. */
function meaningsOf(words: string): Query[] {
  if (words.includes('@')) return isEmailPrefix(words) ? [{ emailPrefix: words }] : [];
  const hasDigit = /\d/.test(words);
  const length = words.replace(/[^\p{L}\p{N}]/gu, '').length;
  // Other shops may have numbers that look like ours without the dash.
  const numbers = new Set([words.replace(/^(\d{6})\s?([0-9a-z]{8})$/i, '$1-$2'), words]);
  const isNumber = hasDigit && /^\P{C}{1,40}$/u.test(words);
  // Codes of carriers are long, and have no signs such as # or /.
  const isTracking = hasDigit && length >= 6 && /^[\w\s.-]{1,100}$/.test(words);
  // Names of companies can have digits.
  const isName = /\p{L}/u.test(words) && length >= 2 && words.length <= 100;
  const isPostalCode = hasDigit && length > 1 && /^[a-z\d\s-]{2,20}$/i.test(words);
  const digits = words.replace(/\D/g, '').length;
  const isPhone = /^[\d +().-]{5,32}$/.test(words) && digits >= 5 && digits <= 20;
  const isSku = /^(?=.*[a-z0-9])[\w.-]{1,64}$/i.test(words);
  return [
    ...(/^(in|cn|cc)-\d{4}-\d{6,12}$/i.test(words) ? [{ documentNumber: words }] : []),
    ...(/^pi_[0-9a-z_]{1,250}$/i.test(words) ? [{ paymentIntent: words }] : []),
    ...(isNumber ? [...numbers].map((number) => ({ number })) : []),
    ...(isTracking ? [{ trackingCode: words }] : []),
    ...(isName ? [{ name: words }] : []),
    ...(isSku ? [{ sku: words }] : []),
    ...(isPhone ? [{ phone: words }] : []),
    ...(isPostalCode ? [{ postalCode: words }] : []),
    ...(isEmailPrefix(words) ? [{ emailPrefix: words }] : []),
  ];
}

/** Signs that stand in addresses, and at least a letter or number before the @. */
const isEmailPrefix = (words: string) =>
  /^(?=.*[a-z0-9])[\w.+-]{1,64}(@[\w.-]{0,180})?$/i.test(words) && words.length > 1;

/** A page of the first query that finds something. Its cursor says of which query it is, and whether that found something. */
export async function firstFound(
  queries: Query[],
  cursor: unknown,
  read: (query: Query) => Promise<Page>,
): Promise<Page> {
  const [at, hasFound, after] = typeof cursor === 'string' ? JSON.parse(cursor) : [0, false];
  const query = queries[at];
  if (!query) return { data: [], pagination: { nextCursor: null } };
  const page = await read(after ? { ...query, cursor: after } : query);
  const found = hasFound || page.data.length > 0;
  const next = page.pagination?.nextCursor ?? null;
  if (!found && next === null) return firstFound(queries, JSON.stringify([at + 1, false]), read);
  const nextCursor = next === null ? null : JSON.stringify([at, found, next]);
  return { ...page, pagination: { ...page.pagination, nextCursor } };
}

const PRODUCT_SORTS: Record<string, string> = {
  'name ASC': 'name:asc',
  'price ASC': 'price:asc',
  'price DESC': 'price:desc',
  'createdAt DESC': 'newest',
  'rating DESC': 'rating',
  'sales DESC': 'bestselling',
};

/** Staff see products in every status, unless they choose one. */
export function productQuery({ sort, ...query }: Query): Query {
  const { field, order } = (sort ?? {}) as Sort;
  const known = PRODUCT_SORTS[`${field} ${order}`] ?? 'newest';
  // What fits words best comes first, unless another order is chosen.
  const chosen = query['q'] && known === 'newest' ? 'relevance' : known;
  return { status: 'active,draft,archived', ...query, sort: chosen, facets: false };
}

/** What people type to find a customer: the beginning of the address, or of the name. The API takes it from two signs on. */
export function customerQuery({ q, limit, cursor }: Query): Query {
  const words = typeof q === 'string' ? q.trim() : '';
  const page = { limit, cursor };
  if (words.includes('@')) return words.length > 1 ? { ...page, email: words } : page;
  return words.replace(/[^\p{L}\p{N}]/gu, '').length > 1 ? { ...page, name: words } : page;
}

/** The stock levels of a product, or the low ones: the API does not take both. */
export function stockQuery({ low, ...query }: Query): Query {
  return query['product'] || !low ? query : { ...query, low };
}

/** The list of reviews is of a state, or of those that customers reported. */
export function reviewQuery({ state, ...query }: Query): Query {
  return state === 'reported' ? { ...query, reported: true } : { ...query, state: state ?? 'pending' };
}
