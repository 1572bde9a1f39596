import type { LiveMessage } from '@kontor/client';
import { List, ListItemButton, ListItemText } from '@mui/material';
import { Link } from 'react-router';

import { useFeed } from '../live.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';

/** What happens in the shop while the console is open. */
export function Feed() {
  const messages = useFeed();
  return (
    <Section title="Live">
      {messages.length === 0 && <Nothing>What happens from now on is shown here at once.</Nothing>}
      <List dense disablePadding aria-live="polite">
        {messages.slice(0, 12).map((message) => (
          <ListItemButton key={`${message.topic} ${message.id}`} component={Link} to={pageOf(message)}>
            <ListItemText primary={words(message.type)} secondary={<Time of={message.at} />} />
          </ListItemButton>
        ))}
      </List>
    </Section>
  );
}

const PAGES: Record<string, (id: string) => string> = {
  orders: (id) => `/orders/${id}/show`,
  products: (id) => `/products/${id}`,
  inventory: (id) => `/stock/${id}`,
  reviews: (id) => `/reviews/${id}/show`,
};

/** The page about what a message is about: its link is a path of the API. */
export function pageOf({ link = '', type }: Pick<LiveMessage, 'link' | 'type'>): string {
  const [, kind = '', id = ''] = /(orders|products|inventory|reviews)\/([^/]+)/.exec(link) ?? [];
  return PAGES[kind]?.(id) ?? `/${type.startsWith('return') ? 'returns' : 'orders'}`;
}
