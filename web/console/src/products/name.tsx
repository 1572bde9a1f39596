import { ReferenceField, TextField } from 'react-admin';

/** The name of the product of a record, on its page with a link. */
export function ProductName({ link = false }: { link?: boolean }) {
  return (
    <ReferenceField source="productId" reference="products" link={link && 'edit'}>
      <TextField source="name" />
    </ReferenceField>
  );
}
