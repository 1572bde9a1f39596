import type { CouponBody } from '@kontor/client';
import { DataTable, type RaRecord, SelectInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';

import { Amount } from '../ui/money.tsx';
import { NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { choices } from '../ui/words.ts';

const STATES = ['active', 'scheduled', 'ended', 'used_up', 'disabled'];

export default function CouponList() {
  const mayChange = useMay('coupons:write');
  return (
    <ListPage filters={[<SelectInput key="state" source="state" choices={choices(STATES)} alwaysOn />]}>
      <Rows
        open={mayChange ? 'edit' : false}
        first={(coupon) => coupon['code']}
        second={off}
        aside={(coupon) => <Status value={coupon['state']} />}
      >
        <NameCol source="code" disableSort />
        <DataTable.Col label="Off" disableSort render={off} />
        <DataTable.Col source="state" disableSort field={StatusField} />
        <DataTable.Col source="minimumOrder" label="Smallest order" disableSort align="right" render={smallest} />
        <DataTable.Col source="endsAt" label="Ends" disableSort render={(one) => <Time of={one['endsAt']} />} />
        <DataTable.Col source="used" disableSort align="right" render={used} />
      </Rows>
    </ListPage>
  );
}

/** Without a limit, and without a smallest order, there is nothing to say. */
const used = ({ used: count, totalUses }: RaRecord) => (totalUses === null ? count : `${count} of ${totalUses}`);
const smallest = ({ minimumOrder: of }: RaRecord) => <Amount of={of.amount > 0 ? of : null} />;

function off(record: RaRecord) {
  const { percent, amount } = record as unknown as CouponBody;
  return percent === null ? <Amount of={amount} /> : `${percent} %`;
}
