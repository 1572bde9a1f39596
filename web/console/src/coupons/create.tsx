import { required, SimpleForm, TextInput } from 'react-admin';

import { CreatePage } from '../ui/edit.tsx';
import { CouponFields } from './fields.tsx';

export default function CouponCreate() {
  return (
    <CreatePage title="New coupon">
      <SimpleForm defaultValues={{ active: true, categoryIds: [], productIds: [] }} warnWhenUnsavedChanges>
        <TextInput source="code" validate={required()} helperText="What customers type. It cannot be changed later." />
        <CouponFields />
      </SimpleForm>
    </CreatePage>
  );
}
