import type { ReturnBody } from '@kontor/client';
import { Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { ReturnActions } from '../returns/actions.tsx';
import { useMay } from '../session/auth.ts';
import { Amount } from '../ui/money.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';
import { useOrder } from './order.ts';
import { ReturnDialog } from './return-dialog.tsx';
import { ReturnPictures } from './return-pictures.tsx';

export function Returns() {
  const { returns, status } = useOrder();
  const [asking, setAsking] = useState(false);
  const mayAsk = useMay('returns:write') && ['shipped', 'delivered'].includes(status);
  const ask = mayAsk && (
    <Button size="small" onClick={() => setAsking(true)}>
      New return
    </Button>
  );
  return (
    <Section title="Returns" actions={ask}>
      {returns.length === 0 && <Nothing>Nothing comes back.</Nothing>}
      <Stack spacing={2}>
        {returns.map((one) => (
          <OneReturn key={one.id} {...one} />
        ))}
      </Stack>
      {asking && <ReturnDialog onClose={() => setAsking(false)} />}
    </Section>
  );
}

function OneReturn(one: ReturnBody) {
  return (
    <div>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Status value={one.status} />
        <Typography variant="body2">{words(one.kind)}</Typography>
        <Typography variant="caption" color="textSecondary">
          <Time of={one.createdAt} />
        </Typography>
        {one.amount && (
          <Typography variant="body2">
            <Amount of={one.amount} /> went back
          </Typography>
        )}
        <ReturnPictures of={one} />
        <ReturnActions of={one} />
      </Stack>
      {one.items.map((item) => (
        <Typography key={item.id} variant="body2" color="textSecondary">
          {item.quantity} × {item.name} ({item.sku}){item.reason && `: ${words(item.reason).toLowerCase()}`}
          {item.exchangeFor && ` · for ${[...item.exchangeFor.options, item.exchangeFor.sku].join(', ')}`}
        </Typography>
      ))}
      {one.comment && <Typography variant="body2">“{one.comment}”</Typography>}
      {one.reason && <Typography variant="body2">Reason of the shop: {one.reason}</Typography>}
    </div>
  );
}
