import { Stack } from '@mui/material';
import { required, SelectInput, TextInput } from 'react-admin';

import { MapInput } from '../ui/map-input.tsx';
import { Section } from '../ui/page.tsx';
import { choices } from '../ui/words.ts';
import { BrandInput } from './brand-input.tsx';
import { CategoriesInput } from './category-input.tsx';
import { OptionsInput } from './options-input.tsx';
import { Variants } from './variants.tsx';

const STATUSES = ['active', 'draft', 'archived'];
const TAX_CLASSES = ['standard', 'reduced', 'second_reduced', 'super_reduced', 'zero', 'exempt'];

/** The fields of a product, to make one and to change one. */
export function ProductFields() {
  return (
    <Stack spacing={2} sx={{ width: '100%' }}>
      <Section title="Product">
        <TextInput source="name" validate={required()} />
        <TextInput source="description" multiline minRows={3} parse={(text) => text ?? ''} />
        <Stack direction={{ xs: 'column', md: 'row' }} spacing={1}>
          <SelectInput source="status" choices={choices(STATUSES)} validate={required()} />
          <BrandInput source="brandId" />
          <SelectInput source="taxClass" label="Tax class" choices={choices(TAX_CLASSES)} validate={required()} />
        </Stack>
        <CategoriesInput source="categoryIds" label="Categories" />
        <TextInput source="slug" label="Name in addresses" helperText="Made from the name if it is empty." />
      </Section>
      <Section title="Variants">
        <OptionsInput />
        <Variants />
      </Section>
      <Section title="Facts">
        <MapInput source="attributes" label="What customers read and filter by, such as the material" />
        <MapInput source="metadata" label="Notes for staff and other programs" />
      </Section>
    </Stack>
  );
}
