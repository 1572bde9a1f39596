import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { ProductActions } from './actions.tsx';
import { ProductFields } from './form.tsx';
import { Pictures } from './pictures.tsx';

export default function ProductEdit() {
  return (
    <EditPage actions={<ProductActions />} aside={<Pictures />}>
      {/* A new picture is another version of the product; what was typed meanwhile stays. */}
      <SimpleForm warnWhenUnsavedChanges resetOptions={{ keepDirtyValues: true }}>
        <ProductFields />
      </SimpleForm>
    </EditPage>
  );
}
