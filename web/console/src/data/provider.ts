import type { DataProvider, GetListParams } from 'react-admin';

import { type Place, toHttpError } from './errors.ts';
import { Cursors, lengthOf, pageOf } from './pages.ts';
import { type Fields, RESOURCES, type ResourceApi } from './resources.ts';

/** Lists that answer by page number. All others have cursors, or come whole. */
const BY_NUMBER = ['products'];

/** The largest page that the API gives. */
const MOST = 100;

/** Lists that the API sorts. */
const SORTED = ['products', 'orders'];

const cursors = new Cursors(sessionStorage);

function apiOf(resource: string): ResourceApi {
  const api = RESOURCES[resource];
  if (!api) throw new Error(`There is no resource ${resource}.`);
  return api;
}

function can<Name extends keyof ResourceApi>(resource: string, name: Name): NonNullable<ResourceApi[Name]> {
  const action = apiOf(resource)[name];
  if (action === undefined) throw new Error(`${resource} cannot do that: ${name}.`);
  return action as NonNullable<ResourceApi[Name]>;
}

/** Records of react-admin are named by `id`. */
const record = (resource: string, data: object) => ({
  ...data,
  id: String((data as Fields)[apiOf(resource).idField]),
});

async function getList(resource: string, { pagination, sort, filter = {} }: GetListParams) {
  const { list } = apiOf(resource);
  const { page, perPage } = pagination ?? { page: 1, perPage: 25 };
  const limit = Math.min(perPage, MOST);
  const order = sort ?? { field: 'id', order: 'ASC' };
  const query = {
    ...filter,
    ...(BY_NUMBER.includes(resource) && { page }),
    ...(SORTED.includes(resource) && { sort: order }),
  };
  const { q = '', ...rest } = filter as { q?: string };
  const key = JSON.stringify([resource, filter, order, perPage]);
  const read = (cursor: object) => list(withoutEmpty({ ...query, ...cursor }));
  const answer = BY_NUMBER.includes(resource)
    ? await read({ limit })
    : await (WHOLE.has(resource) ? list(withoutEmpty(rest)) : cursors.page(key, page, limit, read));
  const entries = answer.data.map((entry) => record(resource, entry));
  if (!answer.pagination) return pageOf(entries, q, order, page, perPage) as { data: typeof entries; total: number };
  return { data: entries, ...lengthOf(answer.pagination, (page - 1) * limit, entries.length, resource !== 'stock') };
}

/** Lists that come whole take no `limit`. */
const WHOLE = new Set(['categories', 'brands', 'synonyms', 'rules', 'shipping', 'webhooks', 'keys']);

const withoutEmpty = (query: Fields): Fields =>
  Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined),
  );

async function getMany(resource: string, ids: string[]) {
  const { many, one } = apiOf(resource);
  const entries = many ? await many(ids) : await Promise.all(ids.map((id) => one?.(id)));
  return { data: entries.filter((entry) => entry !== undefined).map((entry) => record(resource, entry)) };
}

/** Every refusal in the form in which react-admin shows it. */
async function told<T>(answer: Promise<T>, place?: Place): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toHttpError(error, place);
  }
}

/** Where the form of a resource shows a field, if it has another name there. */
const placeIn =
  (resource: string, data: Fields): Place =>
  (field) =>
    apiOf(resource).place?.(field, data) ?? field;

const removeAll = async (resource: string, ids: string[]) => {
  for (const id of ids) await can(resource, 'remove')(id, undefined);
  return { data: ids };
};

const provider = {
  getList: (resource: string, params: GetListParams) => told(getList(resource, params)),
  getOne: (resource: string, { id }: { id: string }) =>
    told(can(resource, 'one')(id).then((data) => ({ data: record(resource, data) }))),
  getMany: (resource: string, { ids }: { ids: string[] }) => told(getMany(resource, ids)),
  getManyReference: (resource: string, params: GetListParams & { target: string; id: string }) =>
    told(getList(resource, { ...params, filter: { ...params.filter, [params.target]: params.id } })),
  create: (resource: string, { data }: { data: Fields }) =>
    told(
      can(resource, 'create')(data).then((made) => ({ data: record(resource, made) })),
      placeIn(resource, data),
    ),
  update: (resource: string, { id, data, previousData }: { id: string; data: Fields; previousData: Fields }) =>
    told(
      can(resource, 'update')(id, data, previousData).then((now) => ({ data: record(resource, now) })),
      placeIn(resource, data),
    ),
  updateMany: () => Promise.reject(new Error('Records are changed one by one.')),
  delete: (resource: string, { id, previousData }: { id: string; previousData?: Fields }) =>
    told(can(resource, 'remove')(id, previousData).then(() => ({ data: { ...previousData, id } }))),
  deleteMany: (resource: string, { ids }: { ids: string[] }) => told(removeAll(resource, ids)),
};

export const dataProvider = provider as unknown as DataProvider;
