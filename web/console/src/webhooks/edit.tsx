import type { WebhookEndpointBody } from '@kontor/client';
import { Button } from '@mui/material';
import { useState } from 'react';
import { BooleanInput, ListButton, required, TopToolbar, useRecordContext } from 'react-admin';

import { kontor } from '../shop.ts';
import { ActionButton, useAction } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { EditForm, EditPage } from '../ui/edit.tsx';
import { MomentInput } from '../ui/moment-input.tsx';
import { SecretDialog } from '../ui/secret.tsx';
import { Deliveries } from './deliveries.tsx';
import { WebhookFields } from './fields.tsx';

type Endpoint = WebhookEndpointBody & { etag?: string };

const withAll = (data: Partial<WebhookEndpointBody>) => ({
  ...data,
  eventTypes: data.eventTypes?.length ? data.eventTypes : null,
});

export default function WebhookEdit() {
  return (
    <EditPage actions={<Actions />} aside={<Deliveries />} transform={withAll} title={<Title />}>
      <EditForm>
        <WebhookFields />
      </EditForm>
    </EditPage>
  );
}

function Title() {
  const url = useRecordContext<Endpoint>()?.url;
  return <span>{url && new URL(url).host}</span>;
}

function Actions() {
  const endpoint = useRecordContext<Endpoint>();
  const [secret, setSecret] = useState<string | null>(null);
  const [resending, setResending] = useState(false);
  const id = endpoint?.id ?? '';
  const params = { path: { id } };
  const rotate = useAction(async () => {
    const header = { 'If-Match': endpoint?.etag ?? '*' };
    const { data } = await kontor.POST('/api/v1/admin/webhooks/{id}/rotate-secret', { params: { ...params, header } });
    setSecret(data.secret);
  });
  if (!endpoint) return null;
  return (
    <TopToolbar sx={{ flexWrap: 'wrap' }}>
      <ListButton />
      <ActionButton
        act={() => kontor.POST('/api/v1/admin/webhooks/{id}/test', { params })}
        done="A test is on its way. Its delivery is below."
      >
        Send a test
      </ActionButton>
      <Button size="small" onClick={() => setResending(true)}>
        Send all since …
      </Button>
      <Button size="small" disabled={rotate.busy} onClick={() => rotate.run(undefined)}>
        New secret
      </Button>
      {secret && <SecretDialog title="The new secret" secret={secret} onClose={() => setSecret(null)} />}
      {resending && (
        <FormDialog<{ since: string; deliveredToo: boolean }>
          title="Send all events since a time again"
          submit="Send"
          done="They are on their way."
          values={{ deliveredToo: false }}
          act={(body) => kontor.POST('/api/v1/admin/webhooks/{id}/resend', { params, body })}
          onClose={() => setResending(false)}
        >
          <MomentInput source="since" validate={required()} />
          <BooleanInput source="deliveredToo" label="Also those that were delivered" />
        </FormDialog>
      )}
    </TopToolbar>
  );
}
