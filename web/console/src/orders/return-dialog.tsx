import { RETURN_REASONS, type ReturnInput } from '@kontor/client';
import { useQuery } from '@tanstack/react-query';
import { NumberInput, RadioButtonGroupInput, SelectInput, TextInput } from 'react-admin';

import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Nothing } from '../ui/page.tsx';
import { choices } from '../ui/words.ts';
import { nameOf, useOrder } from './order.ts';
import { unitsOf } from './ship.tsx';

interface Values {
  kind: ReturnInput['kind'];
  units: Record<string, number | null>;
  reason: (typeof RETURN_REASONS)[number];
  comment?: string;
}

/** Asks for a return in the name of the buyer. It is approved at once. */
export function ReturnDialog({ onClose }: { onClose: () => void }) {
  const { id, items } = useOrder();
  const read = async () => (await kontor.GET('/api/v1/orders/{id}/returns', { params: { path: { id } } })).data;
  const { data } = useQuery({ queryKey: ['orders', 'returnable', id], queryFn: read });
  const left = data?.returnable ?? [];
  return (
    <FormDialog<Values>
      title="A return in the name of the buyer"
      submit="Approve it"
      done="The return is approved. The buyer gets a mail."
      values={{ kind: 'return', reason: 'changed_mind', units: {} }}
      act={({ kind, units, reason, comment }, key) =>
        kontor.POST('/api/v1/orders/{id}/returns', {
          params: { path: { id }, header: { 'Idempotency-Key': key } },
          body: { kind, comment, items: unitsOf(units).map((item) => ({ ...item, reason })) },
        })
      }
      onClose={onClose}
    >
      {data && left.length === 0 && <Nothing>All units came back, or are on their way.</Nothing>}
      {left.map(({ id: line, quantity }) => {
        const item = items.find((one) => one.id === line);
        return (
          <NumberInput
            key={line}
            source={`units.${line}`}
            label={`${item ? nameOf(item) : line} (of ${quantity})`}
            min={0}
            max={quantity}
          />
        );
      })}
      <RadioButtonGroupInput source="kind" choices={choices(['return', 'withdrawal'])} />
      <SelectInput source="reason" choices={choices(RETURN_REASONS)} />
      <TextInput source="comment" label="Comment" multiline />
    </FormDialog>
  );
}
