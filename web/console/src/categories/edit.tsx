import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { TermFields } from './fields.tsx';
import { TermPicture } from './picture.tsx';

export default function CategoryEdit() {
  return (
    <EditPage aside={<TermPicture of="categories" />}>
      <SimpleForm warnWhenUnsavedChanges resetOptions={{ keepDirtyValues: true }}>
        <TermFields tree />
      </SimpleForm>
    </EditPage>
  );
}
