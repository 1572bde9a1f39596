import type { FoundProductBody, WholeReviewBody } from '@kontor/client';
import { AutocompleteInput, DataTable, ReferenceInput, SelectInput, useStore } from 'react-admin';

import { ProductName } from '../products/name.tsx';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';

const STATES = [
  { id: 'pending', name: 'Waiting' },
  { id: 'reported', name: 'Reported' },
  { id: 'rejected', name: 'Rejected' },
];
const STATE = <SelectInput key="state" source="state" choices={STATES} alwaysOn emptyText="Waiting" />;
const PRODUCT = (
  <ReferenceInput key="productId" source="productId" reference="products" alwaysOn>
    <AutocompleteInput
      label="Approved, of a product"
      optionText={(product?: FoundProductBody) => product?.name ?? ''}
      sx={{ width: '17rem' }}
    />
  </ReferenceInput>
);

const Column: ColumnOf<WholeReviewBody> = DataTable.Col;

/** Where react-admin keeps what a list shows. */
interface Params {
  filter?: { productId?: string };
}

export default function ReviewList() {
  const [{ filter }] = useStore<Params>('reviews.listParams', {});
  return (
    <ListPage filters={filter?.productId ? [PRODUCT] : [STATE, PRODUCT]} filterDefaultValues={{ state: 'pending' }}>
      <Rows<WholeReviewBody> first={stars} second={(review) => review.text}>
        <NameCol source="stars" disableSort render={stars} />
        <Column source="title" disableSort />
        <Column source="text" disableSort />
        <Column source="productId" label="Product" disableSort field={ProductName} />
        <Column source="reports" disableSort align="right" />
        <Column source="createdAt" label="Written" disableSort render={(one) => <Time of={one.createdAt} />} />
      </Rows>
    </ListPage>
  );
}

const stars = ({ stars: count }: WholeReviewBody) => (
  <span role="img" aria-label={`${count} of 5 stars`}>
    {'★'.repeat(count)}
    {'☆'.repeat(5 - count)}
  </span>
);
