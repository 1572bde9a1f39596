import type { OrderSummaryBody } from '@kontor/client';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Bulk } from '../ui/bulk.tsx';
import { saveSlips } from './slip.ts';

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

const SLIPS = {
  label: 'Packing slips',
  act: saveSlips,
  done: 'The packing slips of what can be sent now were downloaded.',
};

/** One status for many orders, or their packing slips. The API takes at most fifty at once. */
export function BulkActions() {
  const statuses = useMay('orders:write') ? STATUSES : [];
  return <Bulk of="order" statuses={statuses} asks={ASKS} most={50} change={change} nameOf={nameOf} also={SLIPS} />;
}
