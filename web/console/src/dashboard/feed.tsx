import { List, ListItemButton, ListItemText } from '@mui/material';
import { Link } from 'react-router';

import { useFeed } from '../live.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { pageOf, titleOf } from './pages.ts';

/** What happens in the shop while the console is open. */
export function Feed() {
  const messages = useFeed();
  return (
    <Section title="Live">
      {messages.length === 0 && <Nothing>What happens from now on is shown here at once.</Nothing>}
      <List dense disablePadding aria-live="polite">
        {messages.slice(0, 12).map((message) => (
          <ListItemButton key={`${message.topic} ${message.id}`} component={Link} to={pageOf(message)}>
            <ListItemText primary={titleOf(message)} secondary={<Time of={message.at} />} />
          </ListItemButton>
        ))}
      </List>
    </Section>
  );
}
