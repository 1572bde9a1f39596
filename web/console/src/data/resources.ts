import type { Init, Method, OperationOf, PathOf } from '@kontor/client';

import { ALONE, placeOfProduct, productInput, withRemoved } from '../products/input.ts';
import { kontor, readShop } from '../shop.ts';
import { customerQuery, orderQuery, productQuery, reviewQuery, stockQuery } from './filters.ts';
import type { Page } from './pages.ts';

/** What forms and lists of react-admin handle. */
export type Fields = Record<string, unknown>;

/** A record as the API answered it, with the version that a change is made on. */
export type Versioned = Fields & { etag?: string | null };

/** What can be done with a resource. */
export interface ResourceApi {
  /** The field that names a record in paths. */
  idField: string;
  list: (query: Fields) => Promise<Page>;
  one?: (id: string) => Promise<Versioned>;
  many?: (ids: string[]) => Promise<object[]>;
  create?: (data: Fields) => Promise<Versioned>;
  update?: (id: string, data: Fields, previous: Versioned) => Promise<Versioned>;
  /** What can be changed. */
  fields?: readonly string[];
  /** Where the form shows a refused field of the API. */
  place?: (field: string, data: Fields) => string;
  remove?: (id: string, previous: Versioned | undefined) => Promise<unknown>;
}

type Send = (path: string, init: object) => Promise<{ data: Fields; response: Response }>;
const send = Object.fromEntries(
  (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => [method, kontor[method] as unknown as Send]),
) as Record<Method, Send>;

/** The fields that a request takes. A field that the API does not know any more does not compile. */
type FieldsOf<M extends Method, Path extends PathOf<M>> =
  Init<OperationOf<M, Path>> extends { body?: infer Body } ? readonly (keyof Body & string)[] : never;

const at = (path: string, id: string) => ({ path: { [/\{(\w+)\}/.exec(path)?.[1] ?? 'id']: id } });
const versioned = ({ data, response }: { data: Fields; response: Response }): Versioned => ({
  ...data,
  etag: response.headers.get('ETag'),
});
const ifMatch = (previous: Versioned | undefined) => (previous?.etag ? { header: { 'If-Match': previous.etag } } : {});

const list =
  <Path extends PathOf<'GET'>>(path: Path) =>
  async (query: Fields) =>
    (await send.GET(path, { params: { query } })) as unknown as Page;

/** A list that belongs to something. */
const listOf =
  <Path extends PathOf<'GET'>>(path: Path) =>
  async (id: string, query: Fields) =>
    (await send.GET(path, { params: { ...at(path, id), query } })) as unknown as Page;

const one =
  <Path extends PathOf<'GET'>>(path: Path) =>
  async (id: string) =>
    versioned(await send.GET(path, { params: at(path, id) }));

const create =
  <Path extends PathOf<'POST'>>(path: Path, fields: FieldsOf<'POST', Path>) =>
  async (data: Fields) =>
    versioned(await send.POST(path, { body: pick(data, fields) }));

/** Sends the fields that were changed. */
const patch = <Path extends PathOf<'PATCH'>>(path: Path, fields: FieldsOf<'PATCH', Path>) => ({
  fields,
  update: async (id: string, data: Fields, previous: Versioned) =>
    versioned(
      await send.PATCH(path, {
        params: { ...at(path, id), ...ifMatch(previous) },
        body: changed(data, previous, fields),
      }),
    ),
});

const put = <Path extends PathOf<'PUT'>>(path: Path, fields: FieldsOf<'PUT', Path>) => ({
  fields,
  update: async (id: string, data: Fields, previous: Versioned) =>
    versioned(await send.PUT(path, { params: { ...at(path, id), ...ifMatch(previous) }, body: pick(data, fields) })),
});

const remove =
  <Path extends PathOf<'DELETE'>>(path: Path) =>
  (id: string, previous?: Versioned) =>
    send.DELETE(path, { params: { ...at(path, id), ...ifMatch(previous) } });

export function pick(data: Fields, fields: readonly string[]): Fields {
  return Object.fromEntries(fields.filter((field) => data[field] !== undefined).map((field) => [field, data[field]]));
}

export function changed(data: Fields, previous: Fields, fields: readonly string[]): Fields {
  const differs = (field: string) => JSON.stringify(data[field]) !== JSON.stringify(previous[field]);
  return pick(data, fields.filter(differs));
}

/** A request names at most so many. */
export function inParts<T>(all: T[], most: number): T[][] {
  return all.length <= most ? [all] : [all.slice(0, most), ...inParts(all.slice(most), most)];
}

/** Brands and categories come whole, so those that are asked for are picked from the list. */
const manyOf = (read: (query: Fields) => Promise<Page>) => async (ids: string[]) =>
  (await read({})).data.filter((term) => ids.includes((term as { id: string }).id));

const terms = {
  brands: { list: list('/api/v1/brands'), paths: ['/api/v1/brands', '/api/v1/brands/{id}'] },
  categories: { list: list('/api/v1/categories'), paths: ['/api/v1/categories', '/api/v1/categories/{id}'] },
} as const;

function term({ list, paths: [all, each] }: (typeof terms)['brands' | 'categories']): ResourceApi {
  return {
    idField: 'id',
    list,
    one: one(each),
    many: manyOf(list),
    create: create(all, ['name', 'slug', 'description', 'parentId', 'position', 'active']),
    ...patch(each, ['name', 'slug', 'description', 'parentId', 'position', 'active']),
    remove: remove(each),
  };
}

const PRODUCT_FIELDS = [
  'name',
  'slug',
  'description',
  'status',
  'brandId',
  'categoryIds',
  'taxClass',
  'options',
  'variants',
  'sku',
  'price',
  'compareAtPrice',
  'weightGrams',
  'attributes',
  'metadata',
] as const;

const COUPON_FIELDS = [
  'active',
  'amount',
  'percent',
  'minimumOrder',
  'maximumDiscount',
  'startsAt',
  'endsAt',
  'totalUses',
  'usesPerCustomer',
  'categoryIds',
  'productIds',
] as const;

const SHIPPING_FIELDS = ['name', 'carrier', 'active', 'pickup', 'position', 'estimate', 'zones'] as const;
const WEBHOOK_FIELDS = ['url', 'description', 'eventTypes', 'maxPerMinute', 'enabled'] as const;

const createProduct = create('/api/v1/products', [...PRODUCT_FIELDS, 'stock']);
const changeProduct = patch('/api/v1/products/{id}', PRODUCT_FIELDS);
const changeUser = patch('/api/v1/users/{id}', ['metadata']);
const products = list('/api/v1/products');
const orders = list('/api/v1/admin/orders');
const productsById = async (ids: string[]) => (await products({ ids: ids.join(',') })).data;
const reviews = list('/api/v1/admin/reviews');
const reviewsOf = listOf('/api/v1/reviews/product/{id}');
const stock = list('/api/v1/inventory');
const customers = list('/api/v1/users');

export const RESOURCES: Record<string, ResourceApi> = {
  orders: {
    idField: 'id',
    list: async (query) => orders(orderQuery(query, (await readShop()).timeZone)),
    one: one('/api/v1/admin/orders/{id}'),
  },
  returns: { idField: 'id', list: list('/api/v1/admin/returns') },
  products: {
    idField: 'id',
    list: (query) => products(productQuery(query)),
    one: one('/api/v1/products/{id}'),
    many: async (ids) => (await Promise.all(inParts(ids, 50).map(productsById))).flat(),
    create: (data) => createProduct(productInput(data)),
    // Without options these are fields of the only variant.
    fields: changeProduct.fields.filter((field) => !ALONE.includes(field)),
    update: (id, data, before) =>
      changeProduct.update(id, withRemoved(productInput(data), before), productInput(before)),
    remove: remove('/api/v1/products/{id}'),
    place: placeOfProduct,
  },
  categories: term(terms.categories),
  brands: term(terms.brands),
  stock: {
    idField: 'sku',
    list: (query) => stock(stockQuery(query)),
    one: one('/api/v1/inventory/{sku}'),
    ...put('/api/v1/inventory/{sku}', ['onHand', 'threshold', 'backorder', 'reason']),
  },
  coupons: {
    idField: 'code',
    list: list('/api/v1/coupons'),
    one: one('/api/v1/coupons/{code}'),
    create: create('/api/v1/coupons', ['code', ...COUPON_FIELDS]),
    ...patch('/api/v1/coupons/{code}', COUPON_FIELDS),
    remove: remove('/api/v1/coupons/{code}'),
  },
  customers: {
    idField: 'id',
    list: (query) => customers(customerQuery(query)),
    one: one('/api/v1/users/{id}'),
    ...changeUser,
    update: (id, data, before) => changeUser.update(id, withRemoved(data, before), before),
  },
  reviews: {
    idField: 'id',
    // Those of a product are approved ones.
    list: ({ productId, state, ...page }) =>
      productId ? reviewsOf(String(productId), page) : reviews(reviewQuery({ state, ...page })),
    one: one('/api/v1/admin/reviews/{id}'),
  },
  synonyms: {
    idField: 'id',
    list: list('/api/v1/admin/search/synonyms'),
    one: one('/api/v1/admin/search/synonyms/{id}'),
    create: create('/api/v1/admin/search/synonyms', ['input', 'terms']),
    ...put('/api/v1/admin/search/synonyms/{id}', ['input', 'terms']),
    remove: remove('/api/v1/admin/search/synonyms/{id}'),
  },
  rules: {
    idField: 'id',
    list: list('/api/v1/admin/search/rules'),
    one: one('/api/v1/admin/search/rules/{id}'),
    create: create('/api/v1/admin/search/rules', ['query', 'productIds']),
    ...put('/api/v1/admin/search/rules/{id}', ['query', 'productIds']),
    remove: remove('/api/v1/admin/search/rules/{id}'),
  },
  searches: { idField: 'words', list: list('/api/v1/admin/search/queries-without-results') },
  shipping: {
    idField: 'id',
    list: list('/api/v1/admin/shipping-methods'),
    one: one('/api/v1/admin/shipping-methods/{id}'),
    create: create('/api/v1/admin/shipping-methods', SHIPPING_FIELDS),
    ...patch('/api/v1/admin/shipping-methods/{id}', SHIPPING_FIELDS),
    remove: remove('/api/v1/admin/shipping-methods/{id}'),
  },
  webhooks: {
    idField: 'id',
    list: list('/api/v1/admin/webhooks'),
    one: one('/api/v1/admin/webhooks/{id}'),
    ...patch('/api/v1/admin/webhooks/{id}', WEBHOOK_FIELDS),
    remove: remove('/api/v1/admin/webhooks/{id}'),
  },
  keys: {
    idField: 'id',
    list: list('/api/v1/admin/api-keys'),
    remove: remove('/api/v1/admin/api-keys/{id}'),
  },
  audit: { idField: 'id', list: list('/api/v1/audit') },
};
