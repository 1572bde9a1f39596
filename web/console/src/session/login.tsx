import { Stack } from '@mui/material';
import { useLogin } from 'react-admin';

import { useShop } from '../shop.ts';
import { SignIn } from './sign-in.tsx';

/** The page of the sign-in. */
export function Login() {
  const { name } = useShop();
  const login = useLogin();
  return (
    <Stack component="main" sx={{ minHeight: '100vh', alignItems: 'center', justifyContent: 'center', p: 2 }}>
      <SignIn title={`${name} console`} enter={login} />
    </Stack>
  );
}
