import { DataTable, type RaRecord, SelectInput } from 'react-admin';
import { ProductName } from '../products/name.tsx';
import { ListPage } from '../ui/list-page.tsx';

import { NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';

const STATES = [
  { id: 'pending', name: 'Waiting' },
  { id: 'reported', name: 'Reported' },
  { id: 'rejected', name: 'Rejected' },
];

export default function ReviewList() {
  return (
    <ListPage
      filters={[<SelectInput key="state" source="state" choices={STATES} alwaysOn emptyText="Waiting" />]}
      filterDefaultValues={{ state: 'pending' }}
    >
      <Rows first={stars} second={(review) => review['text']}>
        <NameCol source="stars" disableSort render={stars} />
        <DataTable.Col source="title" disableSort />
        <DataTable.Col source="text" disableSort />
        <DataTable.Col source="productId" label="Product" disableSort field={ProductName} />
        <DataTable.Col source="reports" disableSort align="right" />
        <DataTable.Col
          source="createdAt"
          label="Written"
          disableSort
          render={(one) => <Time of={one['createdAt']} />}
        />
      </Rows>
    </ListPage>
  );
}

const stars = ({ stars: count }: RaRecord) => (
  <span role="img" aria-label={`${count} of 5 stars`}>
    {'★'.repeat(count)}
    {'☆'.repeat(5 - count)}
  </span>
);
