import type { ReturnBody } from '@kontor/client';
import { DataTable, type RaRecord, SelectInput, useRecordContext, useRefresh } from 'react-admin';
import { Link } from 'react-router';
import { ListPage } from '../ui/list-page.tsx';

import { Amount } from '../ui/money.tsx';
import { Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { choices, words } from '../ui/words.ts';
import { ReturnActions } from './actions.tsx';

const STATUSES = ['requested', 'approved', 'received', 'exchanging', 'completed', 'declined', 'cancelled'];

/** Returns in one status: those that wait for staff first. */
export default function ReturnList() {
  return (
    <ListPage
      filters={[
        <SelectInput key="status" source="status" choices={choices(STATUSES)} alwaysOn emptyText="Requested" />,
      ]}
      filterDefaultValues={{ status: 'requested' }}
    >
      <Rows
        open={false}
        first={orderOf}
        second={(one) => (
          <>
            {words(one['kind'])}: {goods(one)}
            <br />
            <Next />
          </>
        )}
        aside={(one) => <Status value={one['status']} />}
      >
        <DataTable.Col source="orderNumber" label="Order" disableSort render={orderOf} />
        <DataTable.Col source="createdAt" label="Asked" disableSort render={(one) => <Time of={one['createdAt']} />} />
        <DataTable.Col source="kind" disableSort render={(one) => words(one['kind'])} />
        <DataTable.Col source="items" label="Goods" disableSort render={goods} />
        <DataTable.Col source="status" disableSort field={StatusField} />
        <DataTable.Col source="amount" disableSort align="right" render={(one) => <Amount of={one['amount']} />} />
        <DataTable.Col label="Next" disableSort field={Next} />
      </Rows>
    </ListPage>
  );
}

const orderOf = (one: RaRecord) => <Link to={`/orders/${one['orderId']}/show`}>{one['orderNumber']}</Link>;

const goods = (one: RaRecord) =>
  (one as unknown as ReturnBody).items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ');

function Next() {
  const record = useRecordContext<ReturnBody>();
  const refresh = useRefresh();
  return record ? <ReturnActions of={record} onDone={refresh} /> : null;
}
