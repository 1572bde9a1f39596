import type { StaffUserBody } from '@kontor/client';
import { Alert, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { ListButton, required, SelectInput, Show, TextInput, TopToolbar, useRecordContext } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { MomentInput } from '../ui/moment-input.tsx';
import { Columns, Fact, Section } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { WHOLE } from '../ui/whole.ts';
import { choices, languageName, words } from '../ui/words.ts';
import { Notes } from './notes.tsx';
import { OrdersOfUser } from './orders.tsx';
import { useRank } from './rank.ts';
import { SessionsOfUser } from './sessions.tsx';

const ROLES = ['customer', 'support', 'admin'];

export default function CustomerShow() {
  return (
    <Show queryOptions={{ meta: WHOLE }} component="div" actions={<Actions />} title={<Title />}>
      <Customer />
    </Show>
  );
}

function Title() {
  return <span>{useRecordContext<StaffUserBody>()?.name}</span>;
}

function Customer() {
  const user = useRecordContext<StaffUserBody>();
  if (!user) return null;
  return (
    <>
      {user.ban && (
        <Alert severity="warning">
          Banned until <Time of={user.ban.until} />: {user.ban.reason}
        </Alert>
      )}
      <Columns
        wide={
          <>
            <OrdersOfUser id={user.id} />
            <SessionsOfUser user={user} />
          </>
        }
      >
        <Section title="Account">
          <Fact name="Email">
            <a href={`mailto:${user.email}`}>{user.email}</a>
          </Fact>
          <Fact name="Address confirmed">{user.emailVerified ? 'Yes' : 'No'}</Fact>
          {user.emailUndeliverable && <Fact name="Mails">come back</Fact>}
          <Fact name="Role">{words(user.role)}</Fact>
          <Fact name="Two-factor sign-in">{user.twoFactorEnabled ? 'On' : 'Off'}</Fact>
          <Fact name="Language">{user.language ? languageName(user.language) : 'That of the shop'}</Fact>
          <Fact name="Since">
            <Time of={user.createdAt} />
          </Fact>
          <Fact name="Id">
            <Typography variant="caption">{user.id}</Typography>
          </Fact>
        </Section>
        <Notes user={user} />
      </Columns>
    </>
  );
}

function Actions() {
  const user = useRecordContext<StaffUserBody>();
  const [open, setOpen] = useState<'ban' | 'role' | null>(null);
  const { isOther, isLower, mayEndBan } = useRank(user);
  const mayBan = useMay('users:ban');
  const mayChangeRole = useMay('users:write-role') && isOther;
  if (!user) return null;
  const params = { path: { id: user.id } };
  return (
    <TopToolbar>
      <ListButton />
      {mayChangeRole && (
        <Button size="small" onClick={() => setOpen('role')}>
          Change the role
        </Button>
      )}
      {mayBan && mayEndBan && user.ban && (
        <ActionButton act={() => kontor.DELETE('/api/v1/users/{id}/ban', { params })} done="The ban is over.">
          End the ban
        </ActionButton>
      )}
      {mayBan && isLower && !user.ban && (
        <Button size="small" color="error" onClick={() => setOpen('ban')}>
          Ban
        </Button>
      )}
      {open === 'ban' && (
        <FormDialog<{ until: string; reason: string }>
          title={`Ban ${user.name}`}
          submit="Ban"
          done="The account is banned."
          act={(body) => kontor.POST('/api/v1/users/{id}/ban', { params, body })}
          onClose={() => setOpen(null)}
        >
          <MomentInput source="until" validate={required()} />
          <TextInput source="reason" helperText="They get it in a mail." multiline validate={required()} />
        </FormDialog>
      )}
      {open === 'role' && (
        <FormDialog<{ role: StaffUserBody['role'] }>
          title={`The role of ${user.name}`}
          submit="Change"
          done="The role was changed."
          values={{ role: user.role }}
          act={(body) => kontor.PATCH('/api/v1/users/{id}/role', { params, body })}
          onClose={() => setOpen(null)}
        >
          <SelectInput source="role" choices={choices(ROLES)} validate={required()} />
        </FormDialog>
      )}
    </TopToolbar>
  );
}
