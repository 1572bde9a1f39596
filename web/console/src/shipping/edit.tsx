import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { ShippingFields, shippingInput } from './fields.tsx';

export default function ShippingEdit() {
  return (
    <EditPage transform={shippingInput}>
      <SimpleForm warnWhenUnsavedChanges>
        <ShippingFields />
      </SimpleForm>
    </EditPage>
  );
}
