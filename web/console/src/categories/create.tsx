import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { NEW_TERM, TermFields } from './fields.tsx';

export default function CategoryCreate() {
  return (
    <CreatePage title="New category">
      <CreateForm defaultValues={NEW_TERM}>
        <TermFields tree />
      </CreateForm>
    </CreatePage>
  );
}
