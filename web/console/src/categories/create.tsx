import { SimpleForm } from 'react-admin';

import { CreatePage } from '../ui/edit.tsx';
import { NEW_TERM, TermFields } from './fields.tsx';

export default function CategoryCreate() {
  return (
    <CreatePage title="New category">
      <SimpleForm defaultValues={NEW_TERM} warnWhenUnsavedChanges>
        <TermFields tree />
      </SimpleForm>
    </CreatePage>
  );
}
