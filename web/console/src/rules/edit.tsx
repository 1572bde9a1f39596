import { SimpleForm } from 'react-admin';

import { EditPage } from '../ui/edit.tsx';
import { RuleFields } from './fields.tsx';

export default function RuleEdit() {
  return (
    <EditPage>
      <SimpleForm warnWhenUnsavedChanges>
        <RuleFields />
      </SimpleForm>
    </EditPage>
  );
}
