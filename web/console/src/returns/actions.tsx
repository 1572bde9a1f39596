import type { Money, ReturnBody } from '@kontor/client';
import { Button, Typography } from '@mui/material';
import { useState } from 'react';
import { NumberInput, required, TextInput } from 'react-admin';

import { CarrierInput } from '../orders/carrier-input.tsx';
import { placeOfLine } from '../orders/units.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { MoneyInput } from '../ui/money.tsx';

/** The next steps of a return. */
export function ReturnActions({ of }: { of: ReturnBody }) {
  const [open, setOpen] = useState<'decline' | 'complete' | 'ship' | null>(null);
  const mayWrite = useMay('returns:write');
  const mayRefund = useMay('payments:refund');
  const params = { path: { id: of.orderId, return: of.id } };
  const { status } = of;
  const close = () => setOpen(null);
  if (!mayWrite || !['requested', 'approved', 'received', 'exchanging'].includes(status)) return null;
  if (status === 'exchanging')
    return (
      <>
        <Button size="small" onClick={() => setOpen('ship')}>
          Send the exchange
        </Button>
        {open === 'ship' && <ShipDialog of={of} onClose={close} />}
      </>
    );
  return (
    <>
      {status === 'requested' && (
        <ActionButton
          act={() => kontor.POST('/api/v1/admin/orders/{id}/returns/{return}/approve', { params })}
          done="The return is approved. The buyer gets a mail."
        >
          Approve
        </ActionButton>
      )}
      {status === 'approved' && (
        <ActionButton
          act={() => kontor.POST('/api/v1/admin/orders/{id}/returns/{return}/receive', { params })}
          done="The goods have arrived."
        >
          Received
        </ActionButton>
      )}
      {status !== 'requested' && mayRefund && (
        <Button size="small" onClick={() => setOpen('complete')}>
          Complete
        </Button>
      )}
      <Button size="small" color="error" onClick={() => setOpen('decline')}>
        Decline
      </Button>
      {open === 'decline' && (
        <FormDialog<{ reason: string }>
          title="Decline the return"
          submit="Decline"
          done="The return is declined. The buyer gets a mail."
          act={(body) => kontor.POST('/api/v1/admin/orders/{id}/returns/{return}/decline', { params, body })}
          onClose={close}
        >
          <TextInput source="reason" label="Reason" helperText="The buyer reads it." validate={required()} autoFocus />
        </FormDialog>
      )}
      {open === 'complete' && <CompleteDialog of={of} onClose={close} />}
    </>
  );
}

/** What the buyer gets for the items that came back leaves the shop. */
function ShipDialog({ of, onClose }: { of: ReturnBody; onClose: () => void }) {
  return (
    <FormDialog<{ carrier?: string; trackingCode?: string }>
      title="Send the exchange"
      submit="Sent"
      done="The exchange is on its way. The buyer gets a mail."
      act={(body) =>
        kontor.POST('/api/v1/admin/orders/{id}/returns/{return}/ship', {
          params: { path: { id: of.orderId, return: of.id } },
          body,
        })
      }
      onClose={onClose}
    >
      <CarrierInput />
      <TextInput source="trackingCode" label="Tracking code" />
    </FormDialog>
  );
}

interface Inspected {
  items: { id: string; sku: string; returned: number; restocked: number }[];
  amount: Money | null;
  reason: string | null;
}

/** What came back, and how much of it can be sold again. The money goes back by the rules of the shop, or less. */
function CompleteDialog({ of, onClose }: { of: ReturnBody; onClose: () => void }) {
  const items = of.items.map(({ id, sku, quantity }) => ({ id, sku, returned: quantity, restocked: quantity }));
  return (
    <FormDialog<Inspected>
      title="Complete the return"
      submit="Complete and refund"
      done="The return is complete, and the money goes back."
      values={{ items }}
      act={({ items: inspected, amount, reason }) =>
        kontor.POST('/api/v1/admin/orders/{id}/returns/{return}/complete', {
          params: { path: { id: of.orderId, return: of.id } },
          body: { items: inspected, amount, reason },
        })
      }
      place={(field) => placeOfLine(field, of.items, (index) => `items.${index}.returned`)}
      onClose={onClose}
    >
      {of.items.map((item, index) => (
        <fieldset key={item.id}>
          <legend>
            {item.name} ({item.sku}), {item.quantity} asked for
          </legend>
          <NumberInput source={`items.${index}.returned`} label="Came back" min={0} max={item.quantity} />
          <NumberInput source={`items.${index}.restocked`} label="Can be sold again" min={0} max={item.quantity} />
        </fieldset>
      ))}
      <Typography variant="body2" sx={{ mt: 1 }}>
        Leave the amount empty to give back what the rules say. Less needs a reason, which the buyer reads.
      </Typography>
      <MoneyInput source="amount" label="Less than that" />
      <TextInput source="reason" label="Reason" />
    </FormDialog>
  );
}
