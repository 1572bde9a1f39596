import { SimpleForm } from 'react-admin';

import { CreatePage } from '../ui/edit.tsx';
import { SynonymFields } from './fields.tsx';

export default function SynonymCreate() {
  return (
    <CreatePage title="New synonym">
      <SimpleForm defaultValues={{ input: null, terms: [] }} warnWhenUnsavedChanges>
        <SynonymFields />
      </SimpleForm>
    </CreatePage>
  );
}
