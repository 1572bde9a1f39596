import type { BackorderTermsBody } from '@kontor/client';
import { Stack } from '@mui/material';
import { DateInput, NumberInput, SelectInput } from 'react-admin';
import { useFormContext, useWatch } from 'react-hook-form';

const MODES = [
  { id: 'backorder', name: 'It will be there again' },
  { id: 'preorder', name: 'It will be new' },
];

/** Whether it can be ordered though it is not there. Without a mode it cannot. */
export function BackorderInput() {
  const { setValue } = useFormContext();
  const terms = useWatch({ name: 'backorder' }) as BackorderTermsBody | null;
  return (
    <Stack direction={{ xs: 'column', md: 'row' }} spacing={1} sx={{ width: '100%' }}>
      <SelectInput
        source="backorder.mode"
        label="Orders for what is not there"
        choices={MODES}
        emptyText="None"
        onChange={(event) => {
          const mode = (event?.target?.value ?? event) || null;
          setValue('backorder', mode ? { availableFrom: null, limit: 10, ...terms, mode } : null, {
            shouldDirty: true,
          });
        }}
      />
      {terms?.mode && <NumberInput source="backorder.limit" label="At most" min={1} />}
      {terms?.mode && <DateInput source="backorder.availableFrom" label="There from" />}
    </Stack>
  );
}
