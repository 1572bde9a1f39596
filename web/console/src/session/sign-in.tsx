import type { User } from '@kontor/client';
import { Alert, Button, Card, CardContent, Stack, TextField, Typography } from '@mui/material';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';

import { errorsOf, reasonOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';

type SecondStep = (code: string) => Promise<User>;

interface Props {
  title: string;
  titleId?: string;
  /** Why it is asked for. */
  children?: ReactNode;
  enter: (user: User) => Promise<unknown>;
}

/** Sign-in with the password, and with a code if the account has two-factor sign-in. */
export function SignIn({ title, titleId, children, enter }: Props) {
  const [secondStep, setSecondStep] = useState<{ send: SecondStep } | null>(null);

  async function enterStaff(user: User) {
    if (user.role === 'customer') {
      await kontor.signOut();
      throw new Error('This account is not one of the staff. An admin can give it a role.');
    }
    await enter(user);
  }

  return (
    <Card sx={{ width: '100%', maxWidth: 380 }}>
      <CardContent>
        <Typography id={titleId} variant="h5" component="h1">
          {title}
        </Typography>
        {children}
        {secondStep ? (
          <CodeStep send={async (code) => enterStaff(await secondStep.send(code))} back={() => setSecondStep(null)} />
        ) : (
          <PasswordStep
            send={async (email, password) => {
              const { user, secondStep: send } = await kontor.signIn(email, password);
              if (user) await enterStaff(user);
              else setSecondStep({ send });
            }}
          />
        )}
      </CardContent>
    </Card>
  );
}

function PasswordStep({ send }: { send: (email: string, password: string) => Promise<void> }) {
  return (
    <Step button="Sign in" send={(form) => send(String(form.get('email')), String(form.get('password')))}>
      {(refused) => (
        <>
          <TextField
            name="email"
            type="email"
            label="Email"
            autoComplete="username"
            autoFocus
            required
            {...told(refused['email'])}
          />
          <TextField
            name="password"
            type="password"
            label="Password"
            autoComplete="current-password"
            required
            {...told(refused['password'])}
          />
        </>
      )}
    </Step>
  );
}

function CodeStep({ send, back }: { send: (code: string) => Promise<void>; back: () => void }) {
  return (
    <Step button="Go on" send={(form) => send(String(form.get('code')).trim())}>
      {(refused) => (
        <>
          <TextField
            name="code"
            label="Code"
            helperText="The six digits of your authenticator app, or a recovery code."
            autoComplete="one-time-code"
            slotProps={{ htmlInput: { maxLength: 40 } }}
            autoFocus
            required
            {...told(refused['code'])}
          />
          <Button onClick={back}>Another account</Button>
        </>
      )}
    </Step>
  );
}

const told = (refusal: string | undefined) => refusal && { error: true, helperText: refusal };

interface StepProps {
  button: string;
  send: (form: FormData) => Promise<void>;
  /** The fields, with what the shop refused of them. */
  children: (refused: Record<string, string>) => ReactNode;
}

function Step({ button, send, children }: StepProps) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await send(new FormData(event.currentTarget));
    } catch (error) {
      setProblem(error);
    } finally {
      running.current = false;
      setBusy(false);
    }
  }

  return (
    <Stack component="form" onSubmit={submit} spacing={1} sx={{ mt: 2 }}>
      <div aria-live="polite">{problem !== null && <Alert severity="error">{reasonOf(problem)}</Alert>}</div>
      {children(errorsOf(problem))}
      <Button type="submit" variant="contained" disabled={busy} size="large">
        {button}
      </Button>
    </Stack>
  );
}
