import { EditForm, EditPage } from '../ui/edit.tsx';
import { TermFields } from './fields.tsx';
import { TermPicture } from './picture.tsx';

export default function CategoryEdit() {
  return (
    <EditPage aside={<TermPicture of="categories" />}>
      <EditForm>
        <TermFields tree />
      </EditForm>
    </EditPage>
  );
}
