import { SimpleForm } from 'react-admin';

import { useMay } from '../session/auth.ts';
import { EditPage } from '../ui/edit.tsx';
import { ProductActions } from './actions.tsx';
import { ProductFields } from './form.tsx';
import { Pictures } from './pictures.tsx';
import { ProductShow } from './show.tsx';

export default function ProductPage() {
  return useMay('products:write') ? <ProductEdit /> : <ProductShow />;
}

function ProductEdit() {
  return (
    <EditPage actions={<ProductActions />} aside={<Pictures />}>
      {/* A new picture is another version of the product; what was typed meanwhile stays. */}
      <SimpleForm warnWhenUnsavedChanges resetOptions={{ keepDirtyValues: true }}>
        <ProductFields />
      </SimpleForm>
    </EditPage>
  );
}
