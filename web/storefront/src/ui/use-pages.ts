import { useRef, useState } from 'preact/hooks';
import { useAction } from './use-action.ts';
import { type Loaded, useLoad } from './use-load.ts';

interface Page<T> {
  data: T[];
  pagination: { nextCursor: string | null };
}

export interface Pages<T> extends Pick<Loaded<Page<T>[]>, 'data' | 'error' | 'reload'> {
  entries: T[];
  hasMore: boolean;
  more: { run: () => Promise<void>; busy: boolean; error: unknown };
  remove: (gone: (entry: T) => boolean) => void;
}

/** A list that grows by a page whenever somebody asks for more. `remember`: as in `useLoad`, with all of its pages. */
export function usePages<T>(
  load: (cursor: string | null, signal?: AbortSignal) => Promise<Page<T>>,
  remember?: string,
): Pages<T> {
  const shown = useRef(1);
  const { data, error, reload, set } = useLoad(
    async (signal) => {
      const loaded: Page<T>[] = [];
      let next: string | null = null;
      do {
        const page: Page<T> = await load(next, signal);
        loaded.push(page);
        next = page.pagination.nextCursor;
      } while (next !== null && loaded.length < shown.current);
      return loaded;
    },
    [],
    remember === undefined ? {} : { remember },
  );
  const pages = data ?? [];
  shown.current = Math.max(1, pages.length);
  const cursor = pages.at(-1)?.pagination.nextCursor ?? null;
  const more = useAction(async () => set([...pages, await load(cursor)]));
  const [gone, setGone] = useState<T[]>([]);
  const entries = pages.flatMap((page) => page.data).filter((entry) => !gone.includes(entry));
  const remove = (is: (entry: T) => boolean) => setGone((before) => [...before, ...entries.filter(is)]);
  return { data, error, reload, entries, hasMore: cursor !== null, more, remove };
}
