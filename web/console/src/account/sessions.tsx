import { useQuery } from '@tanstack/react-query';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { Problem, Section } from '../ui/page.tsx';
import { SessionTable } from '../ui/session-table.tsx';

/** Where the account is signed in. */
export function Sessions() {
  const { data: sessions, error } = useQuery({
    queryKey: ['account', 'sessions'],
    queryFn: async () => (await kontor.GET('/api/v1/auth/sessions', { params: { query: { limit: 100 } } })).data,
  });
  return (
    <Section title="Sessions">
      {error && <Problem>{messageOf(error)}</Problem>}
      {sessions && (
        <SessionTable
          sessions={sessions}
          action={({ id, current }) =>
            current ? (
              'This one'
            ) : (
              <ActionButton
                act={() => kontor.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })}
                done="The session is over."
              >
                End
              </ActionButton>
            )
          }
        />
      )}
    </Section>
  );
}
