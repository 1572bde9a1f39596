import type { CouponBody } from '@kontor/client';
import { DataTable, SearchInput, SelectInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';

import { Amount } from '../ui/money.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { choices } from '../ui/words.ts';

const STATES = ['active', 'scheduled', 'ended', 'used_up', 'disabled'];

const filters = [
  <SearchInput key="code" source="code" alwaysOn placeholder="Beginning of the code" />,
  <SelectInput key="state" source="state" choices={choices(STATES)} alwaysOn />,
];

const Column: ColumnOf<CouponBody> = DataTable.Col;

export default function CouponList() {
  const mayChange = useMay('coupons:write');
  return (
    <ListPage filters={filters}>
      <Rows<CouponBody>
        open={mayChange ? 'edit' : false}
        first={(coupon) => coupon.code}
        second={off}
        aside={(coupon) => <Status value={coupon.state} />}
      >
        <NameCol<CouponBody> source="code" disableSort />
        <Column label="Off" disableSort render={off} />
        <Column source="state" disableSort field={StatusField} />
        <Column source="minimumOrder" label="Smallest order" disableSort align="right" render={smallest} />
        <Column source="endsAt" label="Ends" disableSort render={(one) => <Time of={one.endsAt} />} />
        <Column source="used" disableSort align="right" render={used} />
      </Rows>
    </ListPage>
  );
}

/** Without a limit, and without a smallest order, there is nothing to say. */
const used = ({ used: count, totalUses }: CouponBody) => (totalUses === null ? count : `${count} of ${totalUses}`);
const smallest = ({ minimumOrder: of }: CouponBody) => <Amount of={of.amount > 0 ? of : null} />;

function off({ percent, amount }: CouponBody) {
  return percent === null ? <Amount of={amount} /> : `${percent} %`;
}
