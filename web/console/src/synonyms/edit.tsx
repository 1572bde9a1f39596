import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { SynonymFields } from './fields.tsx';

export default function SynonymEdit() {
  return (
    <EditPage>
      <SimpleForm warnWhenUnsavedChanges>
        <SynonymFields />
      </SimpleForm>
    </EditPage>
  );
}
