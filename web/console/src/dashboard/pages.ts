import type { LiveMessage } from '@kontor/client';

import { listPath } from '../data/filters.ts';
import { words } from '../ui/words.ts';

type Message = Pick<LiveMessage, 'link' | 'type'>;

const PAGES: Record<string, (id: string) => string> = {
  orders: (id) => `/orders/${id}/show`,
  products: (id) => `/products/${id}`,
  inventory: (id) => `/stock/${id}`,
};

/** The list would show what it showed last. */
const WAITING_REVIEWS = listPath('reviews', { state: 'pending' });

/** The page about what a message is about: its link is a path of the API. */
export function pageOf({ link, type }: Message): string {
  // The link of a review is its product, where customers read it. Staff moderate it.
  if (type.startsWith('review')) return WAITING_REVIEWS;
  const [kind, id] = linked(link);
  return PAGES[kind]?.(id) ?? `/${type.startsWith('return') ? 'returns' : 'orders'}`;
}

/** What happened, and to which SKU. Ids say nothing to people. */
export function titleOf({ link, type }: Message): string {
  const [kind, sku] = linked(link);
  return kind === 'inventory' ? `${words(type)}: ${sku}` : words(type);
}

function linked(link = ''): [kind: string, id: string] {
  const [, kind = '', id = ''] = /(orders|products|inventory)\/([^/]+)/.exec(link) ?? [];
  return [kind, id];
}
