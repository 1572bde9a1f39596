import { BooleanField, DataTable, SearchInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { NameCol, Rows } from '../ui/rows.tsx';
import { counted } from '../ui/words.ts';

export default function BrandList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage
      filters={[<SearchInput key="q" source="q" alwaysOn />]}
      sort={{ field: 'name', order: 'ASC' }}
      perPage={50}
    >
      <Rows
        open={mayChange ? 'edit' : false}
        first={(brand) => brand['name']}
        second={(brand) => counted(brand['productCount'], 'product')}
      >
        <NameCol source="name" />
        <DataTable.Col source="slug" label="Name in addresses" />
        <DataTable.Col source="productCount" label="Products" align="right" />
        <DataTable.Col source="active" label="Shown" field={BooleanField} />
      </Rows>
    </ListPage>
  );
}
