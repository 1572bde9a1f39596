import { NEW_TERM, TermFields } from '../categories/fields.tsx';
import { CreateForm, CreatePage } from '../ui/edit.tsx';

export default function BrandCreate() {
  return (
    <CreatePage title="New brand">
      <CreateForm defaultValues={NEW_TERM}>
        <TermFields tree={false} />
      </CreateForm>
    </CreatePage>
  );
}
