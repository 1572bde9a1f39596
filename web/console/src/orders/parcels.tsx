import type { ParcelBody } from '@kontor/client';
import { Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Confirm, TextInput } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { ActionButton, useAction } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { CarrierInput } from './carrier-input.tsx';
import { nameOf, useOrder } from './order.ts';
import { useSlip } from './slip.ts';

export function Parcels() {
  const { parcels } = useOrder();
  return (
    <Section title="Parcels">
      {parcels.length === 0 && <Nothing>Nothing was sent yet.</Nothing>}
      <Stack spacing={2}>
        {parcels.map((parcel) => (
          <Parcel key={parcel.id} {...parcel} />
        ))}
      </Stack>
    </Section>
  );
}

function Parcel(parcel: ParcelBody) {
  const order = useOrder();
  const { id, items } = order;
  const mayWrite = useMay('orders:write');
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const params = { path: { id, parcel: parcel.id } };
  const remove = useAction(() => kontor.DELETE('/api/v1/admin/orders/{id}/parcels/{parcel}', { params }), {
    done: 'The parcel was taken out.',
  });
  const slip = useSlip(order, parcel.id);
  const lineOf = (line: string) => items.find((item) => item.id === line);
  return (
    <div>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Status value={parcel.status} />
        <Typography variant="body2">
          {parcel.carrier ?? 'No carrier'}{' '}
          {parcel.trackingUrl ? (
            <a href={parcel.trackingUrl} target="_blank" rel="noreferrer">
              {parcel.trackingCode}
            </a>
          ) : (
            parcel.trackingCode
          )}
        </Typography>
        <Typography variant="caption" color="textSecondary">
          sent <Time of={parcel.shippedAt} />
        </Typography>
        <Button size="small" disabled={slip.busy} onClick={() => slip.run(undefined)}>
          Packing slip
        </Button>
        {mayWrite && parcel.status === 'shipped' && (
          <>
            <ActionButton
              act={() =>
                kontor.PATCH('/api/v1/admin/orders/{id}/parcels/{parcel}', { params, body: { status: 'delivered' } })
              }
              done="The parcel has arrived."
              asks="It cannot be undone. With the last parcel the order is delivered, and the buyer gets a mail."
            >
              It arrived
            </ActionButton>
            <Button size="small" onClick={() => setOpen('edit')}>
              Correct
            </Button>
            <Button size="small" color="error" disabled={remove.busy} onClick={() => setOpen('delete')}>
              Take out
            </Button>
          </>
        )}
      </Stack>
      <Typography variant="body2" color="textSecondary">
        {parcel.items.map(({ id: line, quantity }) => `${quantity} × ${nameOfLine(lineOf(line))}`).join(', ')}
      </Typography>
      {open === 'edit' && (
        <FormDialog<{ carrier?: string; trackingCode?: string }>
          title="Correct the parcel"
          submit="Save"
          done="The parcel was corrected."
          values={{ carrier: parcel.carrier ?? undefined, trackingCode: parcel.trackingCode ?? undefined }}
          act={({ carrier, trackingCode }) =>
            kontor.PATCH('/api/v1/admin/orders/{id}/parcels/{parcel}', { params, body: { carrier, trackingCode } })
          }
          onClose={() => setOpen(null)}
        >
          <CarrierInput />
          <TextInput source="trackingCode" label="Tracking code" />
        </FormDialog>
      )}
      <Confirm
        isOpen={open === 'delete'}
        title="Take the parcel out?"
        content="This is for a parcel that was entered by mistake. Its units are to be sent again."
        onConfirm={() => {
          setOpen(null);
          void remove.run(undefined);
        }}
        onClose={() => setOpen(null)}
      />
    </div>
  );
}

const nameOfLine = (item: Parameters<typeof nameOf>[0] | undefined) => (item ? nameOf(item) : 'an item');
