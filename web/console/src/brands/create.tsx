import { SimpleForm } from 'react-admin';

import { NEW_TERM, TermFields } from '../categories/fields.tsx';
import { CreatePage } from '../ui/edit.tsx';

export default function BrandCreate() {
  return (
    <CreatePage title="New brand">
      <SimpleForm defaultValues={NEW_TERM} warnWhenUnsavedChanges>
        <TermFields tree={false} />
      </SimpleForm>
    </CreatePage>
  );
}
