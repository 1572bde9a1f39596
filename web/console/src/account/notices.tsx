import type { NoticesBody } from '@kontor/client';
import { FormControlLabel, FormGroup, Switch } from '@mui/material';

import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { Section } from '../ui/page.tsx';

const NAMES: Record<keyof NoticesBody, string> = {
  orders: 'New orders',
  failedPayments: 'Payments that failed',
  lowStock: 'Low stock',
};

/** What this member of staff gets mails about. */
export function Notices({ of }: { of: NoticesBody }) {
  const { run, busy } = useAction((notices: Partial<NoticesBody>) =>
    kontor.PATCH('/api/v1/users/me', { body: { notices } }),
  );
  return (
    <Section title="Mails to me">
      <FormGroup>
        {(Object.keys(NAMES) as (keyof NoticesBody)[]).map((name) => (
          <FormControlLabel
            key={name}
            label={NAMES[name]}
            control={<Switch checked={of[name]} disabled={busy} onChange={(_, on) => run({ [name]: on })} />}
          />
        ))}
      </FormGroup>
    </Section>
  );
}
