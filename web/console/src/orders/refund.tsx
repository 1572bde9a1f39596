import type { Money, RefundInput } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { Typography } from '@mui/material';
import { BooleanInput, FormDataConsumer, RadioButtonGroupInput, required, TextInput } from 'react-admin';

import { kontor, useShop } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { MoneyInput } from '../ui/money.tsx';
import { LANGUAGE } from '../ui/words.ts';
import { nameOf, refundable, useOrder } from './order.ts';
import { placeOfUnits, type Units, unitsOf } from './units.ts';
import { UnitsInput } from './units-input.tsx';

interface Values {
  what: 'all' | 'items' | 'amount';
  amount: Money | null;
  units: Units;
  restock: boolean;
  paidOtherwise: boolean;
  reason: string;
}

const WHAT = [
  { id: 'items', name: 'Items' },
  { id: 'amount', name: 'An amount' },
  { id: 'all', name: 'All that is left' },
];

/** Gives money back: for items, an amount, or all that is left. */
export function RefundDialog({ onClose }: { onClose: () => void }) {
  const order = useOrder();
  const { currency } = useShop();
  const left = formatMoney({ amount: refundable(order), currency: currency.code }, currency, LANGUAGE);
  const items = order.items.filter(({ quantity, returned }) => quantity > returned);
  return (
    <FormDialog<Values>
      title="Refund"
      submit="Refund"
      done="The refund is on its way."
      values={{ what: 'items', restock: true, paidOtherwise: false, units: {} }}
      act={(values, key) =>
        kontor.POST('/api/v1/payments/{id}/refunds', {
          params: { path: { id: order.payment.id }, header: { 'Idempotency-Key': key } },
          body: bodyOf(values),
        })
      }
      place={(field, values) => placeOfUnits(field, values.units)}
      onClose={onClose}
    >
      <Typography variant="body2">{left} are left to refund.</Typography>
      <RadioButtonGroupInput source="what" label="What goes back" choices={WHAT} />
      <FormDataConsumer<Values>>
        {({ formData }) => (
          <>
            {formData.what === 'amount' && <MoneyInput source="amount" label="Amount" validate={required()} />}
            {formData.what === 'items' &&
              items.map((item) => (
                <UnitsInput
                  key={item.id}
                  source={`units.${item.id}`}
                  name={nameOf(item)}
                  most={item.quantity - item.returned}
                />
              ))}
            {formData.what !== 'amount' && <BooleanInput source="restock" label="The goods can be sold again" />}
          </>
        )}
      </FormDataConsumer>
      <BooleanInput
        source="paidOtherwise"
        label="The money went back in another way"
        helperText="The shop only writes it down."
      />
      <TextInput source="reason" label="Reason" helperText="The buyer reads it." validate={required()} />
    </FormDialog>
  );
}

function bodyOf({ what, amount, units, restock, paidOtherwise, reason }: Values): RefundInput {
  const common = { reason, paidOtherwise };
  if (what === 'amount') return { ...common, amount };
  if (what === 'items') return { ...common, restock, items: unitsOf(units) };
  return { ...common, restock };
}
