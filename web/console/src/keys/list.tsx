import type { ApiKeyBody, ApiKeyInput } from '@kontor/client';
import { Button } from '@mui/material';
import { useState } from 'react';
import { CheckboxGroupInput, DataTable, DeleteWithConfirmButton, required, TextInput } from 'react-admin';
import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { ListPage } from '../ui/list-page.tsx';
import { MomentInput } from '../ui/moment-input.tsx';
import { type ColumnOf, Rows } from '../ui/rows.tsx';
import { SecretDialog } from '../ui/secret.tsx';
import { Time } from '../ui/time.tsx';
import { KEY_PERMISSIONS, permissionName } from './permissions.ts';

const Column: ColumnOf<ApiKeyBody> = DataTable.Col;

export default function KeyList() {
  return (
    <ListPage actions={<NewKey />} perPage={50} pagination={false} title="API keys">
      <Rows<ApiKeyBody> open={false} first={(key) => key.name} second={permissions} aside={() => <Delete />}>
        <Column source="name" />
        <Column source="permissions" disableSort render={permissions} />
        <Column source="createdAt" label="Made" render={(key) => <Time of={key.createdAt} date />} />
        <Column source="lastUsedAt" label="Last used" render={(key) => <Time of={key.lastUsedAt} />} />
        <Column source="expiresAt" label="Ends" render={(key) => <Time of={key.expiresAt} />} />
        <Column label="End it" disableSort field={Delete} />
      </Rows>
    </ListPage>
  );
}

const permissions = (key: ApiKeyBody) => key.permissions.map(permissionName).join(', ');

function Delete() {
  return (
    <DeleteWithConfirmButton
      label="End"
      redirect={false}
      mutationMode="pessimistic"
      confirmTitle="End this key?"
      confirmContent="Servers that send it are refused at once."
    />
  );
}

function NewKey() {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        New key
      </Button>
      {open && (
        <FormDialog<ApiKeyInput>
          title="New API key"
          submit="Make it"
          values={{ permissions: [] }}
          act={async (body) => setSecret((await kontor.POST('/api/v1/admin/api-keys', { body })).data.key)}
          onClose={() => setOpen(false)}
        >
          <TextInput source="name" helperText="The server that will have it." validate={required()} autoFocus />
          <CheckboxGroupInput source="permissions" label="It may" choices={KEY_PERMISSIONS} validate={required()} />
          <MomentInput source="expiresAt" label="Ends" helperText="Empty: it does not end." />
        </FormDialog>
      )}
      {secret && <SecretDialog title="The API key" secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
