import type { FoundProductBody } from '@kontor/client';
import { BooleanInput, DataTable, ReferenceField, SearchInput, SelectArrayInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { Amount } from '../ui/money.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Status, StatusField } from '../ui/status.tsx';
import { choices } from '../ui/words.ts';
import { BrandInput } from './brand-input.tsx';
import { BulkStatus } from './bulk.tsx';
import { CategoryInput } from './category-input.tsx';

const STATUSES = ['active', 'draft', 'archived', 'deleted'];
const split = (value?: string) => (value ? value.split(',') : []);
const join = (values: unknown) => (Array.isArray(values) ? values.join(',') : '');

const filters = [
  <SearchInput key="q" source="q" alwaysOn placeholder="Words or SKU" />,
  <SelectArrayInput key="status" source="status" choices={choices(STATUSES)} format={split} parse={join} alwaysOn />,
  <CategoryInput key="category" source="category" label="Category" />,
  <BrandInput key="brand" source="brand" />,
  <BooleanInput key="inStock" source="inStock" defaultValue={true} />,
  <BooleanInput key="onOffer" source="onOffer" defaultValue={true} />,
];

const Column: ColumnOf<FoundProductBody> = DataTable.Col;

export default function ProductList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={filters} sort={{ field: 'createdAt', order: 'DESC' }} perPage={25}>
      <Rows<FoundProductBody>
        open="edit"
        first={(product) => product.name}
        second={(product) => <Status value={product.status} />}
        aside={price}
        bulk={mayChange ? <BulkStatus /> : false}
      >
        <Column source="image" label="Picture" disableSort render={picture} />
        <NameCol<FoundProductBody> source="name" />
        <Column source="brandId" label="Brand" disableSort>
          <ReferenceField source="brandId" reference="brands" link={false} />
        </Column>
        <Column source="status" disableSort field={StatusField} />
        <Column source="stock" disableSort field={StatusField} />
        <Column source="variantCount" label="Variants" disableSort align="right" />
        <Column source="price" align="right" render={price} />
      </Rows>
    </ListPage>
  );
}

const price = (product: FoundProductBody) => <Amount of={product.price} />;

function picture({ image }: FoundProductBody) {
  return image ? <img src={image.urls.small} alt="" width={40} height={40} /> : null;
}
