import type { User } from '@kontor/client';
import { Dialog, Stack, Typography } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useId } from 'react';
import { useGetIdentity } from 'react-admin';

import { isForm } from '../live.ts';
import { kontor, kontorWithoutAsking } from '../shop.ts';
import { useAsked } from './asked.ts';
import { setUser } from './auth.ts';
import { SignIn } from './sign-in.tsx';

/**
 * The sign-in after a session has ended in the middle of work. It covers the page, which stays as it is with all that was
 * typed, and the requests that found out wait for it.
 */
export function SignInAgain({ onDone }: { onDone: () => void }) {
  const { isAsked, done } = useAsked('signIn');
  const { identity } = useGetIdentity();
  const queries = useQueryClient();
  const title = useId();

  async function enter(user: User) {
    // What is on the page, and what waits, is of whoever was here before.
    if (identity && identity.id !== user.id) return location.reload();
    setUser(user);
    done();
    onDone();
    // Much may be different by now, also what the user may do.
    await queries.invalidateQueries({ predicate: ({ queryKey }) => !isForm(queryKey) });
  }

  const enterWithOtherTab = useEffectEvent(async () => {
    if (await kontor.isSignedIn()) await enter((await kontorWithoutAsking.GET('/api/v1/users/me')).data);
  });
  useEffect(() => {
    if (!isAsked) return undefined;
    // If it fails, the form is still there.
    const look = () => void enterWithOtherTab().catch(() => {});
    addEventListener('storage', look);
    return () => removeEventListener('storage', look);
  }, [isAsked]);

  if (!isAsked) return null;
  return (
    <Dialog open fullScreen aria-labelledby={title}>
      <Stack sx={{ minHeight: '100%', alignItems: 'center', justifyContent: 'center', p: 2 }}>
        <SignIn title="Sign in again" titleId={title} enter={enter}>
          <Typography>The session is over. After the sign-in you go on here: what you typed is kept.</Typography>
        </SignIn>
      </Stack>
    </Dialog>
  );
}
