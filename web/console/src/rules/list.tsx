import type { SearchRuleBody } from '@kontor/client';
import { ChipField, DataTable, ReferenceArrayField, SearchInput, SingleFieldList } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { counted } from '../ui/words.ts';

const Column: ColumnOf<SearchRuleBody> = DataTable.Col;

export default function RuleList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={[<SearchInput key="q" source="q" alwaysOn />]} title="Pinned products">
      <Rows<SearchRuleBody>
        open={mayChange ? 'edit' : false}
        first={(rule) => rule.query}
        second={(rule) => counted(rule.productIds.length, 'product')}
      >
        <NameCol<SearchRuleBody> source="query" label="A search for" />
        <Column source="productIds" label="Shows first" disableSort field={Products} />
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
