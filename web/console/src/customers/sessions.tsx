import type { StaffUserBody } from '@kontor/client';
import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { messageOf } from '../data/errors.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { SessionTable } from '../ui/session-table.tsx';
import { useRank } from './rank.ts';

/** Where a user is signed in. If somebody else may be in the account, staff end all of it. */
export function SessionsOfUser({ user }: { user: StaffUserBody }) {
  const { id, name } = user;
  const [isAsked, setAsked] = useState(false);
  const { isLower } = useRank(user);
  const mayEnd = useMay('users:ban') && isLower;
  const path = { id };
  const { data: sessions, error } = useQuery({
    queryKey: ['customers', 'sessions', id],
    queryFn: async () =>
      (await kontor.GET('/api/v1/users/{id}/sessions', { params: { path, query: { limit: 100 } } })).data,
  });
  const isSignedIn = sessions !== undefined && sessions.length > 0;
  const end = mayEnd && isSignedIn && (
    <Button size="small" color="error" onClick={() => setAsked(true)}>
      End all sessions
    </Button>
  );
  return (
    <Section title="Sessions" actions={end}>
      {error && <Problem>{messageOf(error)}</Problem>}
      {isSignedIn ? <SessionTable sessions={sessions} /> : sessions && <Nothing>Signed in nowhere.</Nothing>}
      {isAsked && (
        <FormDialog
          title={`End all sessions of ${name}?`}
          submit="End all sessions"
          done="All sessions are over."
          act={() => kontor.DELETE('/api/v1/users/{id}/sessions', { params: { path } })}
          onClose={() => setAsked(false)}
        >
          <p>Every device has to sign in again. The password stays as it is.</p>
        </FormDialog>
      )}
    </Section>
  );
}
