/** A page of a list as the API answers it: with a cursor, with page numbers, or whole. */
export interface Page {
  data: object[];
  pagination?: { nextCursor: string | null; total?: number };
}

export interface PageQuery {
  limit: number;
  cursor?: string;
}

/** Of this tab. */
const CURSORS = 'kontor.console.cursors';

/** A page may be empty although more follow, such as those of the audit trail. So many are looked through at once. */
const EMPTY_PAGES = 12;

/** The cursors of so many lists are remembered. */
const LISTS = 20;

/**
 * Pages by number, of lists that only know the cursor of the next page: it remembers the cursors that it met, and goes on
 * from the last one that it knows. They are kept with the tab, so that a list of work that gets shorter goes on at the same
 * place after a reload.
 */
export class Cursors {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  #known(): Map<string, string[]> {
    return new Map(JSON.parse(this.#storage.getItem(CURSORS) ?? '[]'));
  }

  #remember(key: string, cursors: string[]) {
    const others = [...this.#known()].filter(([other]) => other !== key);
    this.#storage.setItem(CURSORS, JSON.stringify([[key, cursors], ...others].slice(0, LISTS)));
  }

  async page(key: string, number: number, perPage: number, read: (query: PageQuery) => Promise<Page>): Promise<Page> {
    // The first page is read anew, and so may be those after it.
    const cursors = number === 1 ? [] : (this.#known().get(key) ?? []);
    for (let at = Math.min(number - 1, cursors.length); ; at += 1) {
      const page = await nextPage(read, perPage, cursors[at - 1]);
      const next = page.pagination?.nextCursor ?? null;
      if (next !== null) cursors[at] = next;
      this.#remember(key, cursors);
      if (at === number - 1) return page;
      if (next === null) return { data: [], pagination: { nextCursor: null } };
    }
  }
}

async function nextPage(read: (query: PageQuery) => Promise<Page>, limit: number, from?: string): Promise<Page> {
  let cursor = from;
  for (let tries = 1; ; tries += 1) {
    const page = await read(cursor === undefined ? { limit } : { limit, cursor });
    const next = page.pagination?.nextCursor ?? null;
    if (page.data.length > 0 || next === null || tries === EMPTY_PAGES) return page;
    cursor = next;
  }
}

/**
 * How long a list is, as far as a page tells it. That is not known where the API counts other things than it lists: a page
 * of stock levels has so many products, with all their SKUs.
 */
export function lengthOf(
  { nextCursor, total }: NonNullable<Page['pagination']>,
  before: number,
  here: number,
  isCounted: boolean,
) {
  if (total !== undefined) return { total };
  // How many there are is known on the last page.
  if (nextCursor === null && isCounted) return { total: before + here };
  return { pageInfo: { hasNextPage: nextCursor !== null, hasPreviousPage: before > 0 } };
}

/** A page of a list that came whole: what the words find, sorted by a field. */
export function pageOf(
  all: object[],
  words: string,
  sort: { field: string; order: string },
  page: number,
  perPage: number,
) {
  const wanted = words.trim().toLowerCase();
  const found = all.filter((entry) => JSON.stringify(Object.values(entry)).toLowerCase().includes(wanted));
  const value = (entry: object) => (entry as Record<string, string | number>)[sort.field] ?? '';
  const direction = sort.order === 'DESC' ? -1 : 1;
  if (sort.field !== 'id') found.sort((a, b) => direction * compare(value(a), value(b)));
  return { data: found.slice((page - 1) * perPage, page * perPage), total: found.length };
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
