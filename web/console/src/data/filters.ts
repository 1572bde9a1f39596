import { beginOf, endOf } from './local-time.ts';

type Query = Record<string, unknown>;

interface Sort {
  field?: string;
  order?: string;
}

/** The id of an order, if it is a whole one. */
export const orderIdIn = (words: string) => idIn('ord', words);

function idIn(kind: string, words: string): string | undefined {
  const [, id] = /^\w{3}_([0-9A-HJKMNP-TV-Z]{26})$/i.exec(words.trim()) ?? [];
  return id && words.trim().toLowerCase().startsWith(kind) ? `${kind}_${id.toUpperCase()}` : undefined;
}

/**
 * What people type to find an order: its number, a tracking code, the name of the recipient, the address of the buyer or
 * the id of their account. The API has one parameter for each, and takes addresses and ids only whole. Days are those of
 * the shop.
 */
export function orderQuery({ q, sort, from, to, ...others }: Query, zone: string): Query {
  const oldest = (sort as Sort | undefined)?.order === 'ASC';
  const query = {
    ...others,
    ...(oldest && { order: 'oldest' }),
    ...(typeof from === 'string' && { from: beginOf(zone, from) }),
    ...(typeof to === 'string' && { to: endOf(zone, to) }),
  };
  const words = typeof q === 'string' ? q.trim() : '';
  if (words === '') return query;
  if (words.includes('@')) return { ...query, ...(/^\S+@\S+\.\w{2,}$/.test(words) && { email: words }) };
  if (/^(usr|ord)_/i.test(words)) return { ...query, userId: idIn('usr', words) };
  if (/^\d{6}-?[0-9a-z]{8}$/i.test(words)) return { ...query, number: words };
  // Codes of carriers are long and have many digits. Names have none.
  if (words.replace(/\D/g, '').length >= 6) return { ...query, trackingCode: words };
  if (/\d/.test(words)) return { ...query, number: words };
  return { ...query, ...(words.length > 1 && { name: words }) };
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
  const chosen = query['q'] ? { sort: 'relevance' } : { sort: known };
  return { status: 'active,draft,archived', ...query, ...chosen, facets: false };
}

/** The list of reviews is of a state, or of those that customers reported. */
export function reviewQuery({ state, ...query }: Query): Query {
  return state === 'reported' ? { ...query, reported: true } : { ...query, state: state ?? 'pending' };
}
