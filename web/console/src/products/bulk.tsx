import { Button } from '@mui/material';
import { useListContext } from 'react-admin';

import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { words } from '../ui/words.ts';

/** One status for the chosen products. */
export function BulkStatus() {
  const { selectedIds, onUnselectItems } = useListContext();
  const { run, busy } = useAction(
    async (status: 'active' | 'draft' | 'archived') => {
      for (const id of selectedIds)
        await kontor.PATCH('/api/v1/products/{id}', { params: { path: { id: String(id) } }, body: { status } });
    },
    { done: 'The products were changed.', onDone: onUnselectItems },
  );
  return (
    <>
      {(['active', 'draft', 'archived'] as const).map((status) => (
        <Button key={status} size="small" disabled={busy} onClick={() => run(status)}>
          {words(status)}
        </Button>
      ))}
    </>
  );
}
