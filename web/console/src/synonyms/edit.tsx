import { EditForm, EditPage } from '../ui/edit.tsx';
import { SynonymFields } from './fields.tsx';

export default function SynonymEdit() {
  return (
    <EditPage>
      <EditForm>
        <SynonymFields />
      </EditForm>
    </EditPage>
  );
}
