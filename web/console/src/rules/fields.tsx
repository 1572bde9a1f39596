import type { ProductBody } from '@kontor/client';
import { AutocompleteArrayInput, ReferenceArrayInput, required, TextInput } from 'react-admin';

export function RuleFields() {
  return (
    <>
      <TextInput source="query" label="A search for" validate={required()} />
      <ReferenceArrayInput source="productIds" reference="products">
        <AutocompleteArrayInput
          label="Shows these products first"
          helperText="In this order, at most twenty."
          optionText={(product?: ProductBody) => product?.name ?? ''}
          validate={required()}
        />
      </ReferenceArrayInput>
    </>
  );
}
