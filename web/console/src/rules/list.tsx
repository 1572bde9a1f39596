import { ChipField, DataTable, ReferenceArrayField, SearchInput, SingleFieldList } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { NameCol, Rows } from '../ui/rows.tsx';
import { counted } from '../ui/words.ts';

export default function RuleList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={[<SearchInput key="q" source="q" alwaysOn />]} title="Pinned products">
      <Rows
        open={mayChange ? 'edit' : false}
        first={(rule) => rule['query']}
        second={(rule) => counted(rule['productIds'].length, 'product')}
      >
        <NameCol source="query" label="A search for" />
        <DataTable.Col source="productIds" label="Shows first" disableSort field={Products} />
      </Rows>
    </ListPage>
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
