import { useState } from 'preact/hooks';
import { useAction } from './use-action.ts';
import { type Loaded, useLoad } from './use-load.ts';

interface Page<T> {
  data: T[];
  pagination: { nextCursor: string | null };
}

export interface Pages<T> extends Loaded<Page<T>> {
  entries: T[];
  hasMore: boolean;
  more: { run: () => Promise<void>; busy: boolean; error: unknown };
  remove: (gone: (entry: T) => boolean) => void;
}

/** A list that grows by a page whenever somebody asks for more. */
export function usePages<T>(load: (cursor: string | null, signal?: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const first = useLoad((signal) => load(null, signal), []);
  const [later, setLater] = useState<Page<T>[]>([]);
  const pages = first.data ? [first.data, ...later] : [];
  const cursor = pages.at(-1)?.pagination.nextCursor ?? null;
  const more = useAction(async () => {
    const page = await load(cursor);
    setLater((before) => [...before, page]);
  });
  const [gone, setGone] = useState<T[]>([]);
  const entries = pages.flatMap((page) => page.data).filter((entry) => !gone.includes(entry));
  const remove = (is: (entry: T) => boolean) => setGone((before) => [...before, ...entries.filter(is)]);
  return { ...first, entries, hasMore: cursor !== null, more, remove };
}
