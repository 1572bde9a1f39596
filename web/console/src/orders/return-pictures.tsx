import type { ReturnBody } from '@kontor/client';
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';

import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';

/** What the buyer took pictures of. Their links are valid for five minutes, so they are read when one is opened. */
export function ReturnPictures({ of }: { of: ReturnBody }) {
  const [shown, setShown] = useState<{ name: string; url: string } | null>(null);
  const { run, busy } = useAction(async (index: number) => {
    const params = { path: { id: of.orderId, return: of.id } };
    const { data } = await kontor.GET('/api/v1/orders/{id}/returns/{return}/images', { params });
    const picture = data[index];
    if (picture) setShown({ name: `Picture ${index + 1}`, url: picture.urls.large });
  });
  return (
    <>
      {Array.from({ length: of.imageCount }, (_, index) => (
        <Button key={index} size="small" disabled={busy} onClick={() => run(index)}>
          Picture {index + 1}
        </Button>
      ))}
      {shown && (
        <Dialog open onClose={() => setShown(null)} maxWidth="lg" aria-labelledby="picture-title">
          <DialogTitle id="picture-title">{shown.name} of the return</DialogTitle>
          <DialogContent>
            <img src={shown.url} alt={shown.name} style={{ maxWidth: '100%' }} />
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setShown(null)} autoFocus>
              Close
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
