import type { WebhookEndpointBody, WebhookEndpointInput } from '@kontor/client';
import { Button, Chip } from '@mui/material';
import { useState } from 'react';
import { DataTable } from 'react-admin';
import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { SecretDialog } from '../ui/secret.tsx';
import { WebhookFields } from './fields.tsx';

const Column: ColumnOf<WebhookEndpointBody> = DataTable.Col;

export default function WebhookList() {
  return (
    <ListPage actions={<NewWebhook />} perPage={25} pagination={false}>
      <Rows<WebhookEndpointBody> open="edit" first={(one) => one.url} second={(one) => one.description} aside={state}>
        <NameCol<WebhookEndpointBody> source="url" label="Address" disableSort />
        <Column source="description" disableSort />
        <Column source="eventTypes" label="Events" disableSort render={(one) => one.eventTypes?.length ?? 'all'} />
        <Column label="State" disableSort render={state} />
      </Rows>
    </ListPage>
  );
}

/** Who turned it off. */
const OFF = { staff: 'Off', failing: 'Off: it failed for three days', gone: 'Off: it said that it is gone' };

function state({ enabled, failingSince, disabledReason, pausedUntil }: WebhookEndpointBody) {
  if (!enabled) return <Chip size="small" color="error" label={OFF[disabledReason ?? 'staff']} />;
  if (failingSince) return <Chip size="small" color="warning" label={pausedUntil ? 'Failing, paused' : 'Failing'} />;
  return <Chip size="small" color="success" label="On" />;
}

function NewWebhook() {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        New webhook
      </Button>
      {open && (
        <FormDialog<WebhookEndpointInput>
          title="New webhook"
          submit="Make it"
          values={{ enabled: true, maxPerMinute: 600, eventTypes: [] }}
          act={async ({ eventTypes, ...body }) => {
            const { data } = await kontor.POST('/api/v1/admin/webhooks', {
              body: { ...body, eventTypes: eventTypes?.length ? eventTypes : null },
            });
            setSecret(data.secret);
          }}
          onClose={() => setOpen(false)}
        >
          <WebhookFields />
        </FormDialog>
      )}
      {secret && <SecretDialog title="The secret of the webhook" secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
