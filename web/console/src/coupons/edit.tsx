import { EditForm, EditPage } from '../ui/edit.tsx';
import { CouponFields } from './fields.tsx';

export default function CouponEdit() {
  return (
    <EditPage>
      <EditForm>
        <CouponFields />
      </EditForm>
    </EditPage>
  );
}
