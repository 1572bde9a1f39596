import { SimpleForm } from 'react-admin';

import { CreatePage } from '../ui/edit.tsx';
import { RuleFields } from './fields.tsx';

export default function RuleCreate() {
  return (
    <CreatePage title="New pinned products">
      <SimpleForm defaultValues={{ productIds: [] }} warnWhenUnsavedChanges>
        <RuleFields />
      </SimpleForm>
    </CreatePage>
  );
}
