import { AutocompleteInput, ReferenceInput } from 'react-admin';

const BY_NAME = { field: 'name', order: 'ASC' } as const;

/** All brands; those that are typed are looked for. */
export function BrandInput({ source }: { source: string }) {
  return (
    <ReferenceInput source={source} reference="brands" sort={BY_NAME}>
      <AutocompleteInput label="Brand" optionText="name" />
    </ReferenceInput>
  );
}
