import { EditForm, EditPage } from '../ui/edit.tsx';
import { ShippingFields, shippingInput } from './fields.tsx';

export default function ShippingEdit() {
  return (
    <EditPage transform={shippingInput}>
      <EditForm>
        <ShippingFields />
      </EditForm>
    </EditPage>
  );
}
