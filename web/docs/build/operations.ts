// The routes of the API, for links to the reference, for the search and for llms-full.txt.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, ROOT } from './guides.ts';

export type Operation = { id: string; method: string; path: string; tag: string; summary: string; description: string };
type Described = { operationId?: string; summary?: string; description?: string; tags?: string[] };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const { paths } = JSON.parse(readFileSync(join(ROOT, 'functions/status/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Described>>;
};

export const operations: Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, { operationId: id = '', summary = '', description = '', tags = [] }]) => {
      return { id, method: method.toUpperCase(), path, tag: tags[0] ?? '', summary, description };
    }),
);

/** Where the reference shows a route. */
export function address({ tag, method, path }: Operation): string {
  return `${BASE}#tag/${tag}/${method}${path}`;
}

/** The route that guides write as `POST /orders`, or as `placeOrder`. */
export function operation(text: string): Operation | undefined {
  if (/^[a-z]+[A-Z]\w*$/.test(text)) return operations.find(({ id }) => id === text);
  const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE) (\/[^\s?]*)/.exec(text) ?? [];
  return operations.find((one) => one.method === method && (one.path === path || one.path === `/api/v1${path}`));
}
