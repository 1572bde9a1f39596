import type { FoundProductBody, StockLevelBody } from '@kontor/client';
import { AutocompleteInput, BooleanInput, DataTable, ReferenceInput, useStore } from 'react-admin';
import { ProductName } from '../products/name.tsx';
import { ListPage } from '../ui/list-page.tsx';

import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { words } from '../ui/words.ts';
import { StockPages } from './pages.tsx';

const LOW = <BooleanInput key="low" source="low" label="Low stock" defaultValue={true} />;
const PRODUCT = (
  <ReferenceInput key="product" source="product" reference="products" alwaysOn>
    <AutocompleteInput label="Product" optionText={(product?: FoundProductBody) => product?.name ?? ''} />
  </ReferenceInput>
);

/** Where react-admin keeps what a list shows. */
interface Params {
  filter?: { low?: boolean; product?: string };
}

const Column: ColumnOf<StockLevelBody> = DataTable.Col;

export default function StockList() {
  const [{ filter }] = useStore<Params>('stock.listParams', {});
  // The API does not take both.
  const filters = filter?.product ? [PRODUCT] : filter?.low ? [LOW] : [LOW, PRODUCT];
  return (
    <ListPage filters={filters} perPage={25} pagination={<StockPages />} title="Stock">
      <Rows<StockLevelBody>
        open="edit"
        first={(level) => level.sku}
        second={(level) => `${level.available} available, ${level.onHand} on hand`}
        aside={(level) => <Status value={level.stock} />}
      >
        <NameCol<StockLevelBody> source="sku" label="SKU" disableSort />
        <Column source="productId" label="Product" disableSort field={ProductName} />
        <Column source="onHand" disableSort align="right" />
        <Column source="reserved" disableSort align="right" />
        <Column source="available" disableSort align="right" />
        <Column source="threshold" label="Low at" disableSort align="right" />
        <Column source="stock" label="State" disableSort field={StatusField} />
        <Column source="backorder" disableSort render={backorder} />
      </Rows>
    </ListPage>
  );
}

const backorder = ({ backorder: terms }: StockLevelBody) =>
  terms ? `${words(terms.mode)}, up to ${terms.limit}` : '–';
