import { CreateForm, CreatePage } from '../ui/edit.tsx';
import { ProductFields } from './form.tsx';
import { fromForm } from './input.ts';

const NEW = {
  description: '',
  status: 'draft',
  taxClass: 'standard',
  categoryIds: [],
  options: [],
  variants: [{ options: {}, price: null }],
  attributes: {},
};

export default function ProductCreate() {
  return (
    <CreatePage title="New product" transform={fromForm}>
      <CreateForm defaultValues={NEW}>
        <ProductFields />
      </CreateForm>
    </CreatePage>
  );
}
