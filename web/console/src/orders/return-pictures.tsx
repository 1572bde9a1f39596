import type { ReturnBody } from '@kontor/client';
import { Button } from '@mui/material';

import { openLink } from '../file.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';

/** What the buyer took pictures of. Their links are valid for five minutes, so they are read when one is opened. */
export function ReturnPictures({ of }: { of: ReturnBody }) {
  const { run, busy } = useAction(async (index: number) => {
    const params = { path: { id: of.orderId, return: of.id } };
    const { data } = await kontor.GET('/api/v1/orders/{id}/returns/{return}/images', { params });
    const picture = data[index];
    if (picture) openLink(picture.urls.large);
  });
  return Array.from({ length: of.imageCount }, (_, index) => (
    <Button key={index} size="small" disabled={busy} onClick={() => run(index)}>
      Picture {index + 1}
    </Button>
  ));
}
