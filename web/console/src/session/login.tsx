import { Stack, Typography } from '@mui/material';
import { useLogin } from 'react-admin';
import { useLocation } from 'react-router';

import { useShop } from '../shop.ts';
import { SignIn } from './sign-in.tsx';

/** Where the sign-in leads to, and whether there was a session before. */
export interface SignInState {
  nextPathname: string;
  nextSearch: string;
  isOver: boolean;
}

/** The page of the sign-in. */
export function Login() {
  const { isOver } = (useLocation().state ?? {}) as Partial<SignInState>;
  const { name } = useShop();
  const login = useLogin();
  return (
    <Stack component="main" sx={{ minHeight: '100vh', alignItems: 'center', justifyContent: 'center', p: 2 }}>
      <SignIn title={`${name} console`} enter={login}>
        {isOver && <Typography>The session is over. Please sign in again.</Typography>}
      </SignIn>
    </Stack>
  );
}
