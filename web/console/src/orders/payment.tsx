import { Divider } from '@mui/material';

import { Amount } from '../ui/money.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';
import { useOrder } from './order.ts';

export function Payment() {
  const { payment, refunds, paidAt, payBy } = useOrder();
  return (
    <Section title="Payment">
      <Fact name="Method">{words(payment.method)}</Fact>
      <Fact name="Status">
        <Status value={payment.status} />
      </Fact>
      <Fact name="Amount">
        <Amount of={payment.amount} />
      </Fact>
      {payment.refunded.amount > 0 && (
        <Fact name="Refunded">
          <Amount of={payment.refunded} />
        </Fact>
      )}
      {payment.refunding.amount > 0 && (
        <Fact name="Being refunded">
          <Amount of={payment.refunding} />
        </Fact>
      )}
      {payment.chargedBack.amount > 0 && (
        <Fact name="Charged back">
          <Amount of={payment.chargedBack} />
        </Fact>
      )}
      {paidAt && (
        <Fact name="Paid">
          <Time of={paidAt} />
        </Fact>
      )}
      {!paidAt && payBy && (
        <Fact name="Pay by">
          <Time of={payBy} />
        </Fact>
      )}
      {payment.problem && <Fact name="Problem">{words(payment.problem)}</Fact>}
      {payment.reference && <Fact name="Reference">{payment.reference}</Fact>}
      {refunds.length > 0 && <Divider sx={{ my: 1 }}>Refunds</Divider>}
      {refunds.map((refund) => (
        <Fact key={refund.id} name={refund.reason}>
          <Amount of={refund.amount} /> <Status value={refund.status} />
        </Fact>
      ))}
    </Section>
  );
}
