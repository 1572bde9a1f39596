import BackIcon from '@mui/icons-material/ArrowBack';
import PreviousIcon from '@mui/icons-material/NavigateBefore';
import NextIcon from '@mui/icons-material/NavigateNext';
import { Button, IconButton, Stack } from '@mui/material';
import { useState } from 'react';
import { required, TextInput } from 'react-admin';
import { Link, useNavigate } from 'react-router';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { ActionButton, useAction } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { useKeys } from '../ui/keys.ts';
import { isDisputed, isOpen, refundable, toComeBack, toSend, useOrder } from './order.ts';
import { RefundDialog } from './refund.tsx';
import { ShipDialog } from './ship.tsx';
import { useSlip } from './slip.ts';
import { useQueue } from './use-queue.ts';

type Open = 'ship' | 'refund' | 'cancel' | 'prepare' | null;

/** What can be done with an order now, by mouse and by keyboard. */
export function Actions() {
  const order = useOrder();
  const [open, setOpen] = useState<Open>(null);
  const mayWrite = useMay('orders:write');
  const mayRefund = useMay('payments:refund');
  const close = () => setOpen(null);
  const params = { path: { id: order.id } };
  const setStatus = (status: 'processing' | 'delivered') => () =>
    kontor.PATCH('/api/v1/admin/orders/{id}', { params, body: { status } });
  const slip = useSlip(order);
  const prepare = useAction(setStatus('processing'), { done: 'The order is being prepared.' });

  const isPreparable =
    ['pending', 'paid'].includes(order.status) && mayWrite && (order.status === 'paid' || isCash(order.payment.method));
  const isToSend = toSend(order).length > 0;
  const isShippable =
    isOpen(order) && mayWrite && isToSend && (order.status !== 'pending' || isCash(order.payment.method));
  const isArriving = order.status === 'shipped' && mayWrite;
  const hasMoney = refundable(order) > 0;
  const isRefundable = mayRefund && (hasMoney || toComeBack(order).length > 0);
  const isCancellable = mayWrite && (isOpen(order) || (order.status === 'shipped' && isCash(order.payment.method)));
  // Until a dispute is won, each step needs a note.
  const beginPreparing = () => (isDisputed(order) ? setOpen('prepare') : void prepare.run(undefined));
  const { previous, next } = useQueue(order.id);
  const navigate = useNavigate();

  useKeys({
    s: isShippable ? () => setOpen('ship') : undefined,
    r: isRefundable ? () => setOpen('refund') : undefined,
    c: isPreparable ? beginPreparing : undefined,
    p: isToSend ? () => void slip.run(undefined) : undefined,
    j: next,
    k: previous,
    u: () => void navigate('/orders'),
  });

  return (
    <Stack
      direction="row"
      spacing={1}
      useFlexGap
      sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      role="toolbar"
      aria-label="What to do"
    >
      <Button size="small" component={Link} to="/orders" startIcon={<BackIcon />}>
        Orders
      </Button>
      <IconButton aria-label="The order before (k)" onClick={previous}>
        <PreviousIcon />
      </IconButton>
      <IconButton aria-label="The next order (j)" onClick={next}>
        <NextIcon />
      </IconButton>
      {isPreparable && (
        <Button size="small" variant="contained" disabled={prepare.busy} onClick={beginPreparing} aria-keyshortcuts="c">
          {order.status === 'pending' ? 'Confirm' : 'Prepare'}
        </Button>
      )}
      {isShippable && (
        <Button size="small" variant="contained" onClick={() => setOpen('ship')} aria-keyshortcuts="s">
          Ship
        </Button>
      )}
      {isArriving && (
        <ActionButton
          variant="contained"
          act={setStatus('delivered')}
          done="All parcels have arrived."
          asks="All parcels of the order have arrived. The buyer gets a mail. It cannot be undone."
        >
          All arrived
        </ActionButton>
      )}
      {isRefundable && (
        <Button size="small" variant="outlined" onClick={() => setOpen('refund')} aria-keyshortcuts="r">
          {hasMoney ? 'Refund' : 'Goods came back'}
        </Button>
      )}
      {isToSend && (
        <Button
          size="small"
          variant="outlined"
          disabled={slip.busy}
          onClick={() => slip.run(undefined)}
          aria-keyshortcuts="p"
        >
          Packing slip
        </Button>
      )}
      {isCancellable && (
        <Button size="small" color="error" onClick={() => setOpen('cancel')}>
          Cancel the order
        </Button>
      )}
      {open === 'ship' && <ShipDialog onClose={close} />}
      {open === 'refund' && <RefundDialog onClose={close} />}
      {open === 'cancel' && (
        <FormDialog<{ reason?: string }>
          title="Cancel the order"
          submit="Cancel it"
          done="The order is cancelled."
          act={(body) => kontor.POST('/api/v1/orders/{id}/cancel', { params, body })}
          onClose={close}
        >
          <p>What was paid goes back to the buyer, and the goods are on sale again.</p>
          <TextInput source="reason" label="Reason" helperText="The buyer reads it." autoFocus />
        </FormDialog>
      )}
      {open === 'prepare' && (
        <FormDialog<{ note: string }>
          title="Prepare a disputed order"
          submit="Prepare"
          done="The order is being prepared."
          act={({ note }) =>
            kontor.PATCH('/api/v1/admin/orders/{id}', { params, body: { status: 'processing', note } })
          }
          onClose={close}
        >
          <TextInput source="note" label="Why it goes on" validate={required()} autoFocus />
        </FormDialog>
      )}
    </Stack>
  );
}

const isCash = (method: string) => method === 'cash_on_delivery';
