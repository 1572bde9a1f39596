import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { CouponFields } from './fields.tsx';

export default function CouponEdit() {
  return (
    <EditPage>
      <SimpleForm warnWhenUnsavedChanges>
        <CouponFields />
      </SimpleForm>
    </EditPage>
  );
}
