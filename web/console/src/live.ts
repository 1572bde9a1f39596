import type { LiveMessage } from '@kontor/client';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

import { kontor } from './shop.ts';

/** How many messages the feed shows. */
const SHOWN = 30;

/** Which lists a message makes old, by the first word of its type. */
const RESOURCES: Record<string, string[]> = {
  order: ['orders'],
  parcel: ['orders'],
  return: ['returns', 'orders'],
  stock: ['stock'],
  review: ['reviews'],
};

/** Many things can happen at once, and the figures are much to read. */
const FIGURES_PAUSE = 10_000;

/** Their pages only show a record. All other pages of records are forms. */
const SHOWN_ONLY: unknown[] = ['orders', 'reviews', 'customers'];

/** What somebody changes in a form stays until they save it. */
export const isForm = ([of, what]: QueryKey) => what === 'getOne' && !SHOWN_ONLY.includes(of);

/** Who may do what is no news. */
const isNews = (key: QueryKey) => key[0] !== 'auth' && !isForm(key);

let messages: readonly LiveMessage[] = [];
const listeners = new Set<() => void>();

function add(message: LiveMessage) {
  messages = [message, ...messages].slice(0, SHOWN);
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** What happened in the shop since the console was opened, the newest first. */
export const useFeed = () => useSyncExternalStore(subscribe, () => messages);

/**
 * Watches all that this member of staff may see, and reads again what is shown of it. A session that has ended watches
 * nothing any more, so the next one has another number.
 */
export function useLive(session: number) {
  const queries = useQueryClient();
  useEffect(() => {
    const reload = (resource?: string) =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => (!resource || queryKey[0] === resource) && isNews(queryKey),
      });
    let figures: ReturnType<typeof setTimeout> | undefined;
    const reloadFigures = () => {
      figures = undefined;
      void reload('dashboard');
    };
    const live = kontor.live({
      topics: ['staff'],
      onMessage: (message) => {
        add(message);
        figures ??= setTimeout(reloadFigures, FIGURES_PAUSE);
        for (const resource of RESOURCES[message.type.split('.')[0] ?? ''] ?? []) void reload(resource);
      },
      onReload: () => void reload(),
    });
    return () => {
      clearTimeout(figures);
      live.close();
    };
  }, [queries, session]);
}
