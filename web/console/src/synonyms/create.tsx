import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { SynonymFields } from './fields.tsx';

export default function SynonymCreate() {
  return (
    <CreatePage title="New synonym">
      <CreateForm defaultValues={{ input: null, terms: [] }}>
        <SynonymFields />
      </CreateForm>
    </CreatePage>
  );
}
