/** What a list of products shows. It stands in the address, with the names of the API, so that links, reload and the
 * back button work by themselves. */
export interface Filters {
  q: string;
  category: string;
  brand: string[];
  minPrice: number | undefined;
  maxPrice: number | undefined;
  inStock: boolean;
  onOffer: boolean;
  rating: number | undefined;
  options: Record<string, string[]>;
  attributes: Record<string, string[]>;
  sort: Sort | undefined;
  page: number;
}

export const sorts = ['relevance', 'newest', 'bestselling', 'rating', 'price:asc', 'price:desc', 'name:asc'] as const;
export type Sort = (typeof sorts)[number];

export const PAGE_SIZE = 24;
/** The shop numbers pages up to the ten-thousandth product. */
export const LAST_PAGE = Math.floor(10_000 / PAGE_SIZE);

export function readFilters(search: string): Filters {
  const query = new URLSearchParams(search);
  const number = (name: string, least: number) => {
    const text = query.get(name) ?? '';
    return /^\d+(\.\d+)?$/.test(text) && Number(text) >= least ? Number(text) : undefined;
  };
  return {
    q: (query.get('q') ?? '').trim(),
    category: query.get('category') ?? '',
    brand: (query.get('brand') ?? '').split(',').filter(Boolean),
    minPrice: number('minPrice', 0),
    maxPrice: number('maxPrice', 0),
    inStock: query.get('inStock') === 'true',
    onOffer: query.get('onOffer') === 'true',
    rating: number('rating', 1),
    options: readGroups(query, 'options'),
    attributes: readGroups(query, 'attributes'),
    sort: sorts.find((sort) => sort === query.get('sort')),
    page: Math.floor(number('page', 1) ?? 1),
  };
}

/** `options[Size]=M&options[Size]=L` */
function readGroups(query: URLSearchParams, kind: string): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of query) {
    const name = key.startsWith(`${kind}[`) && key.endsWith(']') ? key.slice(kind.length + 1, -1) : '';
    if (name && value) groups.set(name, [...(groups.get(name) ?? []), value]);
  }
  return Object.fromEntries(groups);
}

/** The query of the address. What is as usual is left out, so that a list has one address. */
export function writeFilters(filters: Partial<Filters>): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string | number | boolean | undefined) => {
    if (value) query.append(name, String(value));
  };
  add('q', filters.q);
  add('category', filters.category);
  add('brand', filters.brand?.join(','));
  add('minPrice', filters.minPrice);
  add('maxPrice', filters.maxPrice);
  add('inStock', filters.inStock);
  add('onOffer', filters.onOffer);
  add('rating', filters.rating);
  for (const kind of ['options', 'attributes'] as const)
    for (const [name, values] of Object.entries(filters[kind] ?? {}))
      for (const value of values) add(`${kind}[${name}]`, value);
  add('sort', filters.sort);
  if ((filters.page ?? 1) > 1) add('page', filters.page);
  // Readable: these are allowed in a query as they are.
  const text = query
    .toString()
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':');
  return text && `?${text}`;
}

/** The query for the API. */
export function queryOf({ page, sort, ...filters }: Filters) {
  return {
    ...(filters.q && { q: filters.q }),
    ...(filters.category && { category: filters.category }),
    ...(filters.brand.length > 0 && { brand: filters.brand.join(',') }),
    ...(filters.minPrice !== undefined && { minPrice: filters.minPrice }),
    ...(filters.maxPrice !== undefined && { maxPrice: filters.maxPrice }),
    ...(filters.inStock && { inStock: true }),
    ...(filters.onOffer && { onOffer: true }),
    ...(filters.rating !== undefined && { rating: filters.rating }),
    ...(Object.keys(filters.options).length > 0 && { options: filters.options }),
    ...(Object.keys(filters.attributes).length > 0 && { attributes: filters.attributes }),
    ...(sort && { sort }),
    page,
    limit: PAGE_SIZE,
  };
}

/** The same list without its filters: only the words, the category and the order are left. */
export function withoutFilters({ q, category, sort }: Filters): Partial<Filters> {
  return { q, category, sort };
}

/** Whether it is all of a category, or of the shop, in the usual order. */
export function isWhole(filters: Filters): boolean {
  return writeFilters({ ...filters, category: '', page: 1 }) === '';
}

/** A value that was there is taken out, one that was not is put in. */
export function toggled(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

/** The chosen values of a group. It may have any name, also `constructor`. */
export function valuesIn(groups: Record<string, string[]>, name: string): string[] {
  return (Object.hasOwn(groups, name) && groups[name]) || [];
}

export function toggledIn(groups: Record<string, string[]>, name: string, value: string): Record<string, string[]> {
  const { [name]: _, ...others } = groups;
  const now = toggled(valuesIn(groups, name), value);
  return now.length > 0 ? { ...others, [name]: now } : others;
}
