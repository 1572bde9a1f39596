import type { ProductBody } from '@kontor/client';
import { AutocompleteInput, BooleanInput, DataTable, type RaRecord, ReferenceInput, useStore } from 'react-admin';
import { ProductName } from '../products/name.tsx';
import { ListPage } from '../ui/list-page.tsx';

import { NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { words } from '../ui/words.ts';
import { StockPages } from './pages.tsx';

const LOW = <BooleanInput key="low" source="low" label="Low stock" defaultValue={true} />;
const PRODUCT = (
  <ReferenceInput key="product" source="product" reference="products" alwaysOn>
    <AutocompleteInput label="Product" optionText={(product?: ProductBody) => product?.name ?? ''} />
  </ReferenceInput>
);

/** Where react-admin keeps what a list shows. */
interface Params {
  filter?: { low?: boolean; product?: string };
}

export default function StockList() {
  const [{ filter }] = useStore<Params>('stock.listParams', {});
  // The API does not take both.
  const filters = filter?.product ? [PRODUCT] : filter?.low ? [LOW] : [LOW, PRODUCT];
  return (
    <ListPage filters={filters} perPage={25} pagination={<StockPages />} title="Stock">
      <Rows
        open="edit"
        first={(level) => level['sku']}
        second={(level) => `${level['available']} available, ${level['onHand']} on hand`}
        aside={(level) => <Status value={level['stock']} />}
      >
        <NameCol source="sku" label="SKU" disableSort />
        <DataTable.Col source="productId" label="Product" disableSort field={ProductName} />
        <DataTable.Col source="onHand" disableSort align="right" />
        <DataTable.Col source="reserved" disableSort align="right" />
        <DataTable.Col source="available" disableSort align="right" />
        <DataTable.Col source="threshold" label="Low at" disableSort align="right" />
        <DataTable.Col source="stock" label="State" disableSort field={StatusField} />
        <DataTable.Col source="backorder" disableSort render={backorder} />
      </Rows>
    </ListPage>
  );
}

const backorder = ({ backorder: terms }: RaRecord) => (terms ? `${words(terms.mode)}, up to ${terms.limit}` : '–');
