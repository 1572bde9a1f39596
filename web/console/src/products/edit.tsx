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
      <EditForm fill={toForm}>
        <ProductFields />
      </EditForm>
    </EditPage>
  );
}
