import { RETURN_REASONS, type ReturnInput } from '@kontor/client';
import { useQuery } from '@tanstack/react-query';
import { RadioButtonGroupInput, SelectInput, TextInput } from 'react-admin';

import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Nothing } from '../ui/page.tsx';
import { choices } from '../ui/words.ts';
import { nameOf, type Order, useOrder } from './order.ts';
import { placeOfLine, placeOfUnits, type Units } from './units.ts';
import { UnitsInput } from './units-input.tsx';

interface Values {
  kind: ReturnInput['kind'];
  /** Of each of those that can come back, by its place among them. */
  units: Units;
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
          body: {
            kind,
            comment,
            items: left.flatMap(({ id: of, sku }, index) => {
              const quantity = units[index];
              return quantity ? [{ id: of, sku, quantity, reason }] : [];
            }),
          },
        })
      }
      place={(field, { units }) =>
        placeOfUnits(
          placeOfLine(field, left, (index) => `units.${index}`),
          units,
        )
      }
      onClose={onClose}
    >
      {data && left.length === 0 && <Nothing>All units came back, or are on their way.</Nothing>}
      {left.map(({ id: line, sku, quantity }, index) => (
        <UnitsInput key={`${line} ${sku}`} source={`units.${index}`} name={nameIn(items, line, sku)} most={quantity} />
      ))}
      <RadioButtonGroupInput source="kind" choices={choices(['return', 'withdrawal'])} />
      <SelectInput source="reason" choices={choices(RETURN_REASONS)} />
      <TextInput source="comment" label="Comment" multiline />
    </FormDialog>
  );
}

/** Units that were exchanged before are of another variant than their line. */
function nameIn(items: Order['items'], line: string, sku: string): string {
  const item = items.find(({ id }) => id === line);
  if (!item) return sku;
  return item.sku === sku ? nameOf(item) : `${item.name} (${sku})`;
}
