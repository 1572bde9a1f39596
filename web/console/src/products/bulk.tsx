import type { FoundProductBody } from '@kontor/client';

import { kontor } from '../shop.ts';
import { Bulk } from '../ui/bulk.tsx';

const STATUSES = ['active', 'draft', 'archived'] as const;

async function change([id = '']: string[], status: (typeof STATUSES)[number]) {
  await kontor.PATCH('/api/v1/products/{id}', { params: { path: { id } }, body: { status } });
  return [];
}

const nameOf = ({ name }: FoundProductBody) => name;

/** One status for the chosen products, one after the other. */
export function BulkStatus() {
  return <Bulk of="product" statuses={STATUSES} most={1} change={change} nameOf={nameOf} />;
}
