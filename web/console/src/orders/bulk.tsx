import type { OrderSummaryBody } from '@kontor/client';
import { Button } from '@mui/material';
import { useListContext } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Bulk } from '../ui/bulk.tsx';
import { useSlips } from './slip.ts';

const STATUSES = ['processing', 'shipped', 'delivered'] as const;

const ASKS = {
  shipped: 'All that is left of them is shipped, without tracking codes. The buyers get a mail.',
  delivered: 'All their parcels have arrived. The buyers get a mail.',
};

async function change(ids: string[], status: (typeof STATUSES)[number]) {
  const orders = ids.map((id) => ({ id }));
  const { data } = await kontor.POST('/api/v1/admin/orders/bulk', { body: { status, orders } });
  return data.filter(({ problem }) => problem !== null).map(({ id, message }) => ({ id, message: message ?? '' }));
}

const nameOf = ({ number }: OrderSummaryBody) => number;

/** One status for many orders, or their packing slips. The API takes at most fifty at once. */
export function BulkActions() {
  const statuses = useMay('orders:write') ? STATUSES : [];
  return (
    <Bulk of="order" statuses={statuses} asks={ASKS} most={50} change={change} nameOf={nameOf}>
      <Slips />
    </Bulk>
  );
}

function Slips() {
  const { selectedIds } = useListContext();
  const { run, busy } = useSlips();
  return (
    <Button size="small" disabled={busy} onClick={() => run(selectedIds.map(String))}>
      Packing slips
    </Button>
  );
}
