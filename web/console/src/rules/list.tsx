import { ChipField, DataTable, List, ReferenceArrayField, SearchInput, SingleFieldList } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { Rows } from '../ui/rows.tsx';

export default function RuleList() {
  const mayChange = useMay('products:write');
  return (
    <List
      filters={[<SearchInput key="q" source="q" alwaysOn />]}
      exporter={false}
      empty={false}
      title="Pinned products"
    >
      <Rows
        open={mayChange ? 'edit' : false}
        first={(rule) => rule['query']}
        second={(rule) => `${rule['productIds'].length} products`}
      >
        <DataTable.Col source="query" label="A search for" />
        <DataTable.Col source="productIds" label="Shows first" disableSort field={Products} />
      </Rows>
    </List>
  );
}

function Products() {
  return (
    <ReferenceArrayField source="productIds" reference="products">
      <SingleFieldList linkType={false}>
        <ChipField source="name" size="small" />
      </SingleFieldList>
    </ReferenceArrayField>
  );
}
