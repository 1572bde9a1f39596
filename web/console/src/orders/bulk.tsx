import type { BulkOrderBody } from '@kontor/client';
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';
import { useListContext } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { words } from '../ui/words.ts';

type NewStatus = 'processing' | 'shipped' | 'delivered';

/** One status for many orders. Those that could not have it are listed with the reason. */
export function BulkActions() {
  const { selectedIds, data, onUnselectItems } = useListContext();
  const [refused, setRefused] = useState<BulkOrderBody[]>([]);
  const { run, busy } = useAction(async (status: NewStatus) => {
    const orders = selectedIds.map((id) => ({ id: String(id) }));
    const { data: results } = await kontor.POST('/api/v1/admin/orders/bulk', { body: { status, orders } });
    setRefused(results.filter(({ problem }) => problem !== null));
    if (results.every(({ problem }) => problem === null)) onUnselectItems();
  });
  const numberOf = (id: string) => data?.find((order) => order.id === id)?.['number'] ?? id;
  if (!useMay('orders:write')) return null;
  return (
    <>
      {(['processing', 'shipped', 'delivered'] as const).map((status) => (
        <Button key={status} size="small" disabled={busy} onClick={() => run(status)}>
          {words(status)}
        </Button>
      ))}
      {refused.length > 0 && (
        <Dialog open onClose={() => setRefused([])} aria-labelledby="refused-title">
          <DialogTitle id="refused-title">These orders were not changed</DialogTitle>
          <DialogContent>
            {refused.map(({ id, message }) => (
              <Alert key={id} severity="warning" sx={{ mb: 1 }}>
                {numberOf(id)}: {message}
              </Alert>
            ))}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setRefused([])}>Close</Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
