import type { HistoryEntryBody } from '@kontor/client';
import { Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { required, TextInput } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Actor } from '../ui/actor.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { useKeys } from '../ui/keys.ts';
import { Section } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';
import { useOrder } from './order.ts';

export function Timeline() {
  const { history } = useOrder();
  const [writing, setWriting] = useState(false);
  const mayWrite = useMay('orders:write');
  const write = mayWrite ? () => setWriting(true) : undefined;
  useKeys({ n: write });
  return (
    <Section
      title="History"
      actions={
        write && (
          <Button size="small" onClick={write}>
            Add a note
          </Button>
        )
      }
    >
      <Stack component="ol" spacing={1} sx={{ listStyle: 'none', p: 0, m: 0 }}>
        {history.toReversed().map((entry) => (
          <Entry key={`${entry.at} ${entry.what} ${entry.detail}`} {...entry} />
        ))}
      </Stack>
      {writing && <NoteDialog onClose={() => setWriting(false)} />}
    </Section>
  );
}

const BY: Record<HistoryEntryBody['by'], string> = {
  buyer: 'the buyer',
  staff: 'staff',
  provider: 'the payment provider',
  shop: 'the shop',
};

function Entry({ at, by, what, detail, userId }: HistoryEntryBody) {
  return (
    <li>
      <Typography variant="body2">
        <strong>{words(what)}</strong> {detail}
      </Typography>
      <Typography variant="caption" color="textSecondary">
        <Time of={at} /> · {by === 'staff' && userId ? <Actor id={userId} /> : BY[by]}
      </Typography>
    </li>
  );
}

function NoteDialog({ onClose }: { onClose: () => void }) {
  const { id } = useOrder();
  return (
    <FormDialog<{ text: string }>
      title="A note for staff"
      submit="Add"
      done="The note was added."
      act={(body) => kontor.POST('/api/v1/admin/orders/{id}/notes', { params: { path: { id } }, body })}
      onClose={onClose}
    >
      <TextInput source="text" label="Note" multiline minRows={3} validate={required()} autoFocus />
    </FormDialog>
  );
}
