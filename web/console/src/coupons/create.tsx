import { required, TextInput } from 'react-admin';

import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { CouponFields } from './fields.tsx';

export default function CouponCreate() {
  return (
    <CreatePage title="New coupon">
      <CreateForm defaultValues={{ active: true, categoryIds: [], productIds: [] }}>
        <TextInput source="code" validate={required()} helperText="What customers type. It cannot be changed later." />
        <CouponFields />
      </CreateForm>
    </CreatePage>
  );
}
