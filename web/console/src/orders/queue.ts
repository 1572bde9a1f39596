// The orders that staff work through, as the list had them when one was opened: what is done leaves the list, not the queue.

export interface Queue {
  ids: string[];
  /** The pages of the list that it has. */
  first: number;
  last: number;
  isEnd: boolean;
  /** How the list was read. */
  filter: Record<string, unknown>;
  sort: { field: string; order: 'ASC' | 'DESC' };
  perPage: number;
}

export interface Page {
  ids: string[];
  isEnd: boolean;
}

/** Of this tab. Another one may work through other orders. */
const KEY = 'kontor.console.queue';

export const keptQueue = (): Queue | null => JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
export const keepQueue = (queue: Queue) => sessionStorage.setItem(KEY, JSON.stringify(queue));

/** A queue that has nothing yet: its first page is read when somebody goes on. */
export const newQueue = (how: Pick<Queue, 'filter' | 'sort' | 'perPage'>): Queue => ({
  ...how,
  ids: [],
  first: 1,
  last: 0,
  isEnd: false,
});

/**
 * The order after another one, or before it, and the queue with the page that was read for it. An order that is not in the
 * queue, such as one of a link, comes before all of it.
 */
export async function step(
  queue: Queue,
  from: string,
  by: 1 | -1,
  read: (page: number) => Promise<Page>,
): Promise<{ queue: Queue; id?: string }> {
  const at = queue.ids.indexOf(from);
  const id = queue.ids[at + by];
  if (id !== undefined) return { queue, id };
  if (by === 1 ? queue.isEnd : at === -1 || queue.first === 1) return { queue };
  const number = by === 1 ? queue.last + 1 : queue.first - 1;
  const page = await read(number);
  const ids = page.ids.filter((one) => !queue.ids.includes(one));
  const longer =
    by === 1
      ? { ...queue, ids: [...queue.ids, ...ids], last: number, isEnd: page.isEnd }
      : { ...queue, ids: [...ids, ...queue.ids], first: number };
  return step(longer, from, by, read);
}
