import type { ProductBody } from '@kontor/client';
import { useRecordContext } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { EditForm, EditPage } from '../ui/edit.tsx';
import { ProductActions } from './actions.tsx';
import { ProductFields } from './form.tsx';
import { fromForm, toForm } from './input.ts';
import { Pictures } from './pictures.tsx';
import { ProductShow } from './show.tsx';

export default function ProductPage() {
  return useMay('products:write') ? <ProductEdit /> : <ProductShow />;
}

function ProductEdit() {
  return (
    <EditPage actions={<ProductActions />} aside={<Pictures />} transform={fromForm}>
      <ProductForm />
    </EditPage>
  );
}

function ProductForm() {
  const product = useRecordContext<ProductBody>();
  if (!product) return null;
  return (
    <EditForm record={toForm(product)}>
      <ProductFields />
    </EditForm>
  );
}
