import { SimpleForm } from 'react-admin';

import { TermFields } from '../categories/fields.tsx';
import { TermPicture } from '../categories/picture.tsx';
import { EditPage } from '../ui/edit.tsx';

export default function BrandEdit() {
  return (
    <EditPage aside={<TermPicture of="brands" />}>
      <SimpleForm warnWhenUnsavedChanges resetOptions={{ keepDirtyValues: true }}>
        <TermFields tree={false} />
      </SimpleForm>
    </EditPage>
  );
}
