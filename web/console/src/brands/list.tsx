import type { TermBody } from '@kontor/client';
import { BooleanField, DataTable, SearchInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { counted } from '../ui/words.ts';

const Column: ColumnOf<TermBody> = DataTable.Col;

export default function BrandList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage
      filters={[<SearchInput key="q" source="q" alwaysOn />]}
      sort={{ field: 'name', order: 'ASC' }}
      perPage={50}
    >
      <Rows<TermBody>
        open={mayChange ? 'edit' : false}
        first={(brand) => brand.name}
        second={(brand) => counted(brand.productCount, 'product')}
      >
        <NameCol<TermBody> source="name" />
        <Column source="slug" label="Name in addresses" />
        <Column source="productCount" label="Products" align="right" />
        <Column source="active" label="Shown" field={BooleanField} />
      </Rows>
    </ListPage>
  );
}
