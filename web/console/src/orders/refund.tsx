import type { Money, RefundInput } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { Typography } from '@mui/material';
import { type ChangeEvent, useState } from 'react';
import { BooleanInput, RadioButtonGroupInput, required, TextInput } from 'react-admin';

import { kontor, useShop } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { MoneyInput } from '../ui/money.tsx';
import { LANGUAGE } from '../ui/words.ts';
import { nameOf, refundable, toComeBack, useOrder } from './order.ts';
import { placeOfUnits, type Units, unitsOf } from './units.ts';
import { UnitsInput, UnitsNeeded } from './units-input.tsx';

type What = 'items' | 'goods' | 'amount' | 'all';

interface Values {
  what: What;
  amount: Money;
  units: Units;
  restock: boolean;
  paidOtherwise: boolean;
  reason: string;
}

const GOODS = [
  { id: 'items', name: 'Items' },
  { id: 'goods', name: 'Goods only, no money' },
];
const MONEY = [
  { id: 'amount', name: 'An amount' },
  { id: 'all', name: 'All that is left' },
];

/** Gives money back: for items, an amount, or all that is left. Goods can come back without money. */
export function RefundDialog({ onClose }: { onClose: () => void }) {
  const order = useOrder();
  const { currency } = useShop();
  const items = toComeBack(order);
  // The dialog stays what it was when it was opened, whatever is refunded meanwhile.
  const [hasMoney] = useState(refundable(order) > 0);
  const [what, setWhat] = useState<What>(hasMoney ? (items.length > 0 ? 'items' : 'amount') : 'goods');
  const left = formatMoney({ amount: refundable(order), currency: currency.code }, currency, LANGUAGE);
  const ofUnits = what === 'items' || what === 'goods';
  return (
    <FormDialog<Values>
      title={hasMoney ? 'Refund' : 'Goods came back'}
      submit={what === 'goods' ? 'Record' : 'Refund'}
      done={what === 'goods' ? 'The goods are recorded.' : 'The refund is on its way.'}
      values={{ what, restock: true, paidOtherwise: false, units: {} }}
      act={(values, key) =>
        kontor.POST('/api/v1/payments/{id}/refunds', {
          params: { path: { id: order.payment.id }, header: { 'Idempotency-Key': key } },
          body: bodyOf(values, currency.code),
        })
      }
      place={(field, values) => placeOfUnits(field, values.units)}
      onClose={onClose}
    >
      {hasMoney && (
        <>
          <Typography variant="body2">{left} are left to refund.</Typography>
          <RadioButtonGroupInput
            source="what"
            label="What goes back"
            choices={items.length > 0 ? [...GOODS, ...MONEY] : MONEY}
            onChange={({ target }: ChangeEvent<HTMLInputElement>) => setWhat(target.value as What)}
          />
        </>
      )}
      {what === 'amount' && <MoneyInput source="amount" label="Amount" validate={required()} />}
      {what === 'all' && (
        <Typography variant="body2">
          What was not sent is on sale again, and what was sent stays with the buyer until you record that it came back.
        </Typography>
      )}
      {ofUnits && (
        <>
          {items.map((item) => (
            <UnitsInput
              key={item.id}
              source={`units.${item.id}`}
              name={nameOf(item)}
              most={item.quantity - item.returned}
            />
          ))}
          <UnitsNeeded />
          <BooleanInput source="restock" label="The goods can be sold again" />
        </>
      )}
      {what !== 'goods' && (
        <BooleanInput
          source="paidOtherwise"
          label="The money went back in another way"
          helperText="The shop only writes it down."
        />
      )}
      <TextInput source="reason" label="Reason" helperText="The buyer reads it." validate={required()} />
    </FormDialog>
  );
}

function bodyOf({ what, amount, units, restock, paidOtherwise, reason }: Values, currency: string): RefundInput {
  const items = unitsOf(units);
  switch (what) {
    case 'items':
      return { reason, paidOtherwise, restock, items };
    case 'goods':
      return { reason, restock, items, amount: { amount: 0, currency } };
    case 'amount':
      return { reason, paidOtherwise, amount };
    case 'all':
      return { reason, paidOtherwise };
  }
}
