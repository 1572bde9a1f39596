import { Alert, Stack, Typography } from '@mui/material';
import { Show, useShowContext } from 'react-admin';

import { Columns } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { WHOLE } from '../ui/whole.ts';
import { words } from '../ui/words.ts';
import { Actions } from './actions.tsx';
import { Buyer } from './buyer.tsx';
import { Documents } from './documents.tsx';
import { Lines } from './lines.tsx';
import { isDisputed, type Order } from './order.ts';
import { Parcels } from './parcels.tsx';
import { Payment } from './payment.tsx';
import { Returns } from './returns.tsx';
import { Timeline } from './timeline.tsx';

export default function OrderShow() {
  return (
    <Show actions={false} title={<Title />} component="div" queryOptions={{ meta: WHOLE }}>
      <OrderPage />
    </Show>
  );
}

function Title() {
  const { record } = useShowContext<Order>();
  return <span>{record ? `Order ${record.number}` : 'Order'}</span>;
}

function OrderPage() {
  const { record: order } = useShowContext<Order>();
  if (!order) return null;
  return (
    <>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap', alignItems: 'center', py: 1 }}>
        {[...new Set([order.status, order.paymentStatus, order.fulfillmentStatus])].map((status) => (
          <Status key={status} value={status} />
        ))}
        <Typography variant="body2" color="textSecondary">
          placed <Time of={order.createdAt} />
        </Typography>
      </Stack>
      <Actions />
      {isDisputed(order) && (
        <Alert severity="error" sx={{ my: 1 }}>
          The buyer's bank disputes the payment ({words(order.payment.dispute ?? '').toLowerCase()}). Evidence is due by{' '}
          <Time of={order.payment.evidenceDueBy} />.
        </Alert>
      )}
      {order.awaitsConfirmation && (
        <Alert severity="info" sx={{ my: 1 }}>
          The guest has not confirmed the order yet.
        </Alert>
      )}
      <Columns
        wide={
          <>
            <Lines />
            <Parcels />
            <Returns />
            <Timeline />
          </>
        }
      >
        <Buyer />
        <Payment />
        <Documents />
      </Columns>
    </>
  );
}
