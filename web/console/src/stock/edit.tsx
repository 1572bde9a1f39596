import type { StockLevelBody } from '@kontor/client';
import { Button, Stack } from '@mui/material';
import { useState } from 'react';
import {
  ListButton,
  NumberInput,
  required,
  SaveButton,
  TextInput,
  Toolbar,
  TopToolbar,
  useRecordContext,
} from 'react-admin';
import { Link } from 'react-router';
import { listPath } from '../data/filters.ts';
import { ProductName } from '../products/name.tsx';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { EditForm, EditPage } from '../ui/edit.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { BackorderInput } from './backorder.tsx';
import { StockHistory } from './history.tsx';

export default function StockEdit() {
  const mayChange = useMay('inventory:write');
  return (
    <EditPage transform={withTerms} actions={<Actions />} aside={<StockHistory />} title={<Title />}>
      <Level />
      {mayChange && (
        <EditForm toolbar={<SaveOnly />}>
          <NumberInput source="onHand" label="Units on hand" helperText="Counted anew; reserved ones included." />
          <NumberInput
            source="threshold"
            label="Low at"
            helperText="So many available units, or fewer, are low."
            min={0}
          />
          <BackorderInput />
          <TextInput source="reason" validate={required()} helperText="It is kept in the history." />
        </EditForm>
      )}
    </EditPage>
  );
}

/** Without a mode it cannot be ordered when it is not there. */
const withTerms = (data: Partial<StockLevelBody>) => ({
  ...data,
  backorder: data.backorder?.mode ? data.backorder : null,
});

/** A stock level cannot be deleted. */
function SaveOnly() {
  return (
    <Toolbar>
      <SaveButton />
    </Toolbar>
  );
}

function Title() {
  return <span>Stock of {useRecordContext<StockLevelBody>()?.sku}</span>;
}

function Level() {
  const level = useRecordContext<StockLevelBody>();
  if (!level) return null;
  return (
    <Stack sx={{ p: 2 }}>
      <Section title="Now">
        <Fact name="State">
          <Status value={level.stock} />
        </Fact>
        <Fact name="On hand">{level.onHand}</Fact>
        <Fact name="Reserved for orders">{level.reserved}</Fact>
        <Fact name="Available">{level.available}</Fact>
        <Fact name="Product">
          <ProductName link />
        </Fact>
      </Section>
    </Stack>
  );
}

function Actions() {
  const level = useRecordContext<StockLevelBody>();
  const [open, setOpen] = useState(false);
  const mayChange = useMay('inventory:write');
  const seesOrders = useMay('orders:read-all');
  return (
    <TopToolbar>
      <ListButton />
      {seesOrders && level && (
        <Button size="small" component={Link} to={listPath('orders', { sku: level.sku })}>
          Orders
        </Button>
      )}
      {mayChange && (
        <Button size="small" variant="contained" onClick={() => setOpen(true)}>
          Add or take units
        </Button>
      )}
      {open && level && (
        <FormDialog<{ adjust: number; reason: string }>
          title={`Add or take units of ${level.sku}`}
          submit="Save"
          done="The stock was changed."
          act={(body, key) =>
            kontor.PATCH('/api/v1/inventory/{sku}', {
              params: { path: { sku: level.sku }, header: { 'Idempotency-Key': key } },
              body,
            })
          }
          onClose={() => setOpen(false)}
        >
          <NumberInput
            source="adjust"
            label="Units"
            helperText="Such as 10, or -2 to take two."
            validate={required()}
            autoFocus
          />
          <TextInput source="reason" helperText="Such as: a delivery, a broken unit." validate={required()} />
        </FormDialog>
      )}
    </TopToolbar>
  );
}
