import { EditForm, EditPage } from '../ui/edit.tsx';
import { RuleFields } from './fields.tsx';

export default function RuleEdit() {
  return (
    <EditPage>
      <EditForm>
        <RuleFields />
      </EditForm>
    </EditPage>
  );
}
