import type { paths } from '@kontor/client';
import { beginOf, endOf } from './local-time.ts';

/** The API takes no longer words. */
const MAX_WORDS = 100;

type Query = Record<string, unknown>;

/** What a list of the API can be asked for. */
export type ListFilter<Path extends keyof paths> = NonNullable<NonNullable<paths[Path]['get']>['parameters']['query']>;

interface Sort {
  field?: string;
  order?: string;
}

/** The path of a list that shows only what the filter says. */
export const listPath = (resource: string, filter: Query): string =>
  `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** The id of an order, if it is a whole one. */
export function orderIdIn(words: string): string | undefined {
  const [, id] = /^ord_([0-9A-HJKMNP-TV-Z]{26})$/i.exec(words.trim()) ?? [];
  return id && `ord_${id.toUpperCase()}`;
}

/** The orders that fit. Days are those of the shop. */
export function orderQuery({ q, sku, sort, from, to, ...others }: Query, zone: string): Query {
  // What was pasted may have signs that nobody sees, which the API refuses.
  const typed = typeof q === 'string' ? q.replace(/\s+/g, ' ').replace(/\p{C}/gu, '') : '';
  const words = typed.trim().slice(0, MAX_WORDS);
  // A SKU goes together with a whole address alone.
  const isEmail = /^\S+@\S+\.\w{2,}$/.test(words);
  const bySku = typeof sku === 'string' && (words === '' || isEmail) && { sku };
  const own: ListFilter<'/api/v1/admin/orders'> = {
    ...(words !== '' && (bySku ? { email: words } : { q: words })),
    ...bySku,
    ...((sort as Sort | undefined)?.order === 'ASC' && { order: 'oldest' }),
    ...(typeof from === 'string' && { from: beginOf(zone, from) }),
    ...(typeof to === 'string' && { to: endOf(zone, to) }),
  };
  return { ...others, ...own };
}

type ProductFilter = ListFilter<'/api/v1/products'>;

const PRODUCT_SORTS: Record<string, ProductFilter['sort']> = {
  'name ASC': 'name:asc',
  'name DESC': 'name:desc',
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
  const usual: ProductFilter = { status: 'active,draft,archived' };
  const own: ProductFilter = { sort: chosen, facets: false };
  return { ...usual, ...query, ...own };
}

/** What people type to find a customer: the beginning of the address, or of the name. The API takes it from two signs on. */
export function customerQuery({ q, limit, cursor }: Query): Query {
  const words = typeof q === 'string' ? q.trim() : '';
  const own: ListFilter<'/api/v1/users'> = words.includes('@')
    ? { ...(words.length > 1 && { email: words }) }
    : { ...(words.replace(/[^\p{L}\p{N}]/gu, '').length > 1 && { name: words }) };
  return { limit, cursor, ...own };
}

/** The stock levels of a product, or the low ones: the API does not take both. */
export function stockQuery({ low, ...query }: Query): Query {
  return query['product'] || !low ? query : { ...query, low };
}

/** The list of reviews is of a state, or of those that customers reported. */
export function reviewQuery({ state, ...query }: Query): Query {
  const reported: ListFilter<'/api/v1/admin/reviews'> = { reported: true };
  const usual: ListFilter<'/api/v1/admin/reviews'> = { state: 'pending' };
  return state === 'reported'
    ? { ...query, ...reported }
    : { ...usual, ...query, ...(state !== undefined && { state }) };
}
