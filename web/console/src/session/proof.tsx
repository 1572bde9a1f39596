import { useEffect, useState } from 'react';
import { required, TextInput, useGetIdentity } from 'react-admin';

import { kontorWithoutAsking } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { useAsked } from './asked.ts';

interface Proof {
  code?: string;
  password?: string;
}

/** Asks who it is before a grave act, such as changing a role. Requests that came meanwhile wait for the same answer. */
export function ProofDialog() {
  const { isAsked, done, refuse } = useAsked('proof');
  const twoFactor = useTwoFactor(isAsked);

  if (!isAsked || twoFactor === null) return null;
  return (
    <FormDialog<Proof>
      title="Confirm that it is you"
      submit="Confirm"
      act={async (proof) => {
        await kontorWithoutAsking.POST('/api/v1/auth/confirm', { body: proof });
        done();
      }}
      onClose={() => refuse(new Error('It was not done, because nobody confirmed it.'))}
    >
      {twoFactor ? (
        <TextInput
          source="code"
          label="Code of your app"
          autoComplete="one-time-code"
          validate={required()}
          autoFocus
        />
      ) : (
        <TextInput
          source="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          validate={required()}
          autoFocus
        />
      )}
    </FormDialog>
  );
}

/** Whether this account has two-factor sign-in; null until it is known. */
function useTwoFactor(asked: boolean): boolean | null {
  const { identity } = useGetIdentity();
  const [twoFactor, setTwoFactor] = useState<boolean | null>(null);
  useEffect(() => {
    if (!asked || !identity) return;
    kontorWithoutAsking.GET('/api/v1/users/me').then(
      ({ data }) => setTwoFactor(data.twoFactorEnabled),
      () => setTwoFactor(false),
    );
  }, [asked, identity]);
  return twoFactor;
}
