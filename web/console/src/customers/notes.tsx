import type { StaffUserBody } from '@kontor/client';
import { Button } from '@mui/material';
import { useState } from 'react';
import { useDataProvider } from 'react-admin';

import { merge } from '../data/merge.ts';
import { useMay } from '../session/auth.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { MapInput } from '../ui/map-input.tsx';
import { Fact, Nothing, Section } from '../ui/page.tsx';

/** What staff and other programs note about a user. A user sees those whose names begin with `public.`. */
export function Notes({ user }: { user: StaffUserBody }) {
  // As they were when they were opened: what others note meanwhile is kept.
  const [opened, setOpened] = useState<StaffUserBody | null>(null);
  const provider = useDataProvider();
  const mayWrite = useMay('users:write');
  const notes = Object.entries(user.metadata);
  const change = mayWrite && (
    <Button size="small" onClick={() => setOpened(user)}>
      Change
    </Button>
  );
  return (
    <Section title="Notes" actions={change}>
      {notes.length === 0 && <Nothing>There are none.</Nothing>}
      {notes.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
      {opened && (
        <FormDialog<{ metadata: StaffUserBody['metadata'] }>
          title={`Notes on ${user.name}`}
          submit="Save"
          done="The notes were saved."
          values={{ metadata: opened.metadata }}
          act={(notes) => {
            const data = merge({ ...opened }, { ...notes }, { ...user }, ['metadata']).record;
            return provider.update('customers', { id: user.id, data, previousData: user });
          }}
          onClose={() => setOpened(null)}
        >
          <MapInput source="metadata" label="The user sees those that begin with “public.”" />
        </FormDialog>
      )}
    </Section>
  );
}
