import { TermFields } from '../categories/fields.tsx';
import { TermPicture } from '../categories/picture.tsx';
import { EditForm, EditPage } from '../ui/edit.tsx';

export default function BrandEdit() {
  return (
    <EditPage aside={<TermPicture of="brands" />}>
      <EditForm>
        <TermFields tree={false} />
      </EditForm>
    </EditPage>
  );
}
