import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { ShippingFields, shippingInput } from './fields.tsx';

const NEW = { active: true, pickup: false, zones: [{ countries: [] }] };

export default function ShippingCreate() {
  return (
    <CreatePage title="New shipping method" transform={shippingInput}>
      <CreateForm defaultValues={NEW}>
        <ShippingFields />
      </CreateForm>
    </CreatePage>
  );
}
