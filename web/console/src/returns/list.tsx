import type { ReturnBody } from '@kontor/client';
import { DataTable, SelectInput, useRecordContext } from 'react-admin';
import { Link } from 'react-router';
import { ListPage } from '../ui/list-page.tsx';

import { Amount } from '../ui/money.tsx';
import { type ColumnOf, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { choices, words } from '../ui/words.ts';
import { ReturnActions } from './actions.tsx';

const STATUSES = ['requested', 'approved', 'received', 'exchanging', 'completed', 'declined', 'cancelled'];

const Column: ColumnOf<ReturnBody> = DataTable.Col;

/** Returns in one status: those that wait for staff first. */
export default function ReturnList() {
  return (
    <ListPage
      filters={[
        <SelectInput key="status" source="status" choices={choices(STATUSES)} alwaysOn emptyText="Requested" />,
      ]}
      filterDefaultValues={{ status: 'requested' }}
    >
      <Rows<ReturnBody>
        open={false}
        first={orderOf}
        second={(one) => (
          <>
            {words(one.kind)}: {goods(one)}
            <br />
            <Next />
          </>
        )}
        aside={(one) => <Status value={one.status} />}
      >
        <Column source="orderNumber" label="Order" disableSort render={orderOf} />
        <Column source="createdAt" label="Asked" disableSort render={(one) => <Time of={one.createdAt} />} />
        <Column source="kind" disableSort render={(one) => words(one.kind)} />
        <Column source="items" label="Goods" disableSort render={goods} />
        <Column source="status" disableSort field={StatusField} />
        <Column source="amount" disableSort align="right" render={(one) => <Amount of={one.amount} />} />
        <Column label="Next" disableSort field={Next} />
      </Rows>
    </ListPage>
  );
}

const orderOf = (one: ReturnBody) => <Link to={`/orders/${one.orderId}/show`}>{one.orderNumber}</Link>;

const goods = ({ items }: ReturnBody) => items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ');

function Next() {
  const record = useRecordContext<ReturnBody>();
  return record ? <ReturnActions of={record} /> : null;
}
