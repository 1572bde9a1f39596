import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { RuleFields } from './fields.tsx';

export default function RuleCreate() {
  return (
    <CreatePage title="New pinned products">
      <CreateForm defaultValues={{ productIds: [] }}>
        <RuleFields />
      </CreateForm>
    </CreatePage>
  );
}
