import type { ParcelInput } from '@kontor/client';
import { Stack } from '@mui/material';
import { required, TextInput } from 'react-admin';

import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { CarrierInput } from './carrier-input.tsx';
import { isDisputed, nameOf, toSend, useOrder } from './order.ts';
import { placeOfUnits, type Units, unitsOf } from './units.ts';
import { UnitsInput } from './units-input.tsx';

interface Values extends Omit<ParcelInput, 'items'> {
  units: Units;
}

/** Sends one parcel with all that is left, or with a part of it. */
export function ShipDialog({ onClose }: { onClose: () => void }) {
  const order = useOrder();
  const left = toSend(order);
  const units = Object.fromEntries(left.map(({ id, toSend }) => [id, toSend]));
  const carrier = order.shippingMethod?.carrier ?? null;
  return (
    <FormDialog<Values>
      title="Ship a parcel"
      submit="Ship"
      done="The parcel is on its way."
      values={{ units, carrier }}
      act={({ units: chosen, ...parcel }, key) =>
        kontor.POST('/api/v1/admin/orders/{id}/parcels', {
          params: { path: { id: order.id }, header: { 'Idempotency-Key': key } },
          body: { ...parcel, items: unitsOf(chosen) },
        })
      }
      place={(field, values) => placeOfUnits(field, values.units)}
      onClose={onClose}
    >
      {left.map((item) => (
        <UnitsInput key={item.id} source={`units.${item.id}`} name={nameOf(item)} most={item.toSend} />
      ))}
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={1}>
        <CarrierInput autoFocus={!carrier} />
        <TextInput source="trackingCode" label="Tracking code" autoFocus={Boolean(carrier)} />
      </Stack>
      <TextInput
        source="note"
        label="Note"
        helperText={isDisputed(order) ? 'The payment is disputed. Say why it is shipped.' : 'Only staff read it.'}
        validate={isDisputed(order) ? required() : []}
      />
    </FormDialog>
  );
}
