import type { TermBody } from '@kontor/client';
import { BooleanInput, NumberInput, required, TextInput, useRecordContext } from 'react-admin';

import { CategoryInput } from '../products/category-input.tsx';

/** The fields of a category, and of a brand, which has no place in a tree. */
export function TermFields({ tree }: { tree: boolean }) {
  const record = useRecordContext<TermBody>();
  return (
    <>
      <TextInput source="name" validate={required()} />
      {tree && <CategoryInput source="parentId" label="Below" helperText="Empty: at the top." except={record?.id} />}
      <TextInput source="slug" label="Name in addresses" helperText="Made from the name if it is empty." />
      <TextInput source="description" multiline parse={(text) => text ?? ''} />
      <NumberInput source="position" helperText="Siblings are sorted by it, then by name." min={0} />
      <BooleanInput source="active" label="Customers see it" />
    </>
  );
}

export const NEW_TERM = { active: true, description: '', position: 0 };
