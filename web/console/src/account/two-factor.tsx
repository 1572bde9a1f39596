import type { TwoFactorSetupBody } from '@kontor/client';
import { Alert, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { required, TextInput } from 'react-admin';

import { missesSecondFactor } from '../session/second-factor.ts';
import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Section } from '../ui/page.tsx';
import { SecretDialog } from '../ui/secret.tsx';

type Open =
  | { step: 'password' }
  | { step: 'code'; setup: TwoFactorSetupBody }
  | { step: 'disable' }
  | { step: 'codes' };

/** Two-factor sign-in: on with the password and a first code, off with both. */
export function TwoFactor({ isOn }: { isOn: boolean }) {
  const [open, setOpen] = useState<Open | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  function keptCodes() {
    setCodes(null);
    // What was refused before is all read now, and the live updates begin.
    if (missesSecondFactor()) location.reload();
  }
  return (
    <Section title="Two-factor sign-in">
      {isOn ? (
        <>
          <Alert severity="success">It is on.</Alert>
          <Button size="small" onClick={() => setOpen({ step: 'codes' })}>
            New recovery codes
          </Button>
          <Button size="small" color="error" onClick={() => setOpen({ step: 'disable' })}>
            Turn it off
          </Button>
        </>
      ) : (
        <>
          {missesSecondFactor() && (
            <Alert severity="warning">Staff of this shop need it. Turn it on, and then you can go on.</Alert>
          )}
          <Alert severity="info">With a code of your phone, a stolen password is not enough.</Alert>
          <Button variant="contained" size="small" sx={{ mt: 1 }} onClick={() => setOpen({ step: 'password' })}>
            Turn it on
          </Button>
        </>
      )}
      {open?.step === 'password' && (
        <FormDialog<{ password: string }>
          key="password"
          title="Turn on two-factor sign-in"
          submit="Go on"
          act={async (body) => {
            const { data: setup } = await kontor.POST('/api/v1/auth/2fa/setup', { body });
            setOpen({ step: 'code', setup });
          }}
          onClose={() => setOpen((now) => (now?.step === 'password' ? null : now))}
        >
          <TextInput
            source="password"
            type="password"
            autoComplete="current-password"
            validate={required()}
            autoFocus
          />
        </FormDialog>
      )}
      {open?.step === 'code' && (
        <FormDialog<{ code: string }>
          key="code"
          title="Scan this with your authenticator app"
          submit="Turn it on"
          done="Two-factor sign-in is on. Other sessions are over."
          act={async (body) => setCodes((await kontor.POST('/api/v1/auth/2fa/enable', { body })).data.recoveryCodes)}
          onClose={() => setOpen(null)}
        >
          <img src={open.setup.qrCode} alt="The secret as a QR code" width={200} height={200} />
          <Typography variant="body2">Or type the secret: {open.setup.secret}</Typography>
          <TextInput
            source="code"
            label="The code that it shows"
            autoComplete="one-time-code"
            validate={required()}
            autoFocus
          />
        </FormDialog>
      )}
      {(open?.step === 'disable' || open?.step === 'codes') && (
        <FormDialog<{ password: string; code: string }>
          title={open.step === 'disable' ? 'Turn off two-factor sign-in' : 'New recovery codes'}
          submit={open.step === 'disable' ? 'Turn it off' : 'Make them'}
          act={async (body) => {
            if (open.step === 'disable') await kontor.POST('/api/v1/auth/2fa/disable', { body });
            else setCodes((await kontor.POST('/api/v1/auth/2fa/recovery-codes', { body })).data.recoveryCodes);
          }}
          onClose={() => setOpen(null)}
        >
          <TextInput
            source="password"
            type="password"
            autoComplete="current-password"
            validate={required()}
            autoFocus
          />
          <TextInput source="code" label="Code" autoComplete="one-time-code" validate={required()} />
        </FormDialog>
      )}
      {codes && (
        <SecretDialog
          title="Recovery codes"
          hint="Each of them signs you in once, without your phone."
          secret={codes.join('\n')}
          onClose={keptCodes}
        />
      )}
    </Section>
  );
}
