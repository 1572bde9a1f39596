import { FormHelperText, Stack, Typography } from '@mui/material';
import { useEffect } from 'react';
import { NumberInput, useInput } from 'react-admin';
import { useFormContext, useWatch } from 'react-hook-form';

import { fieldError } from '../ui/field-error.ts';
import { type Units, unitsOf } from './units.ts';

interface Props {
  source: string;
  /** What it is, which may be long. */
  name: string;
  most: number;
}

/** How many units of something, at most so many. */
export function UnitsInput({ source, name, most }: Props) {
  return (
    <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
      <Typography variant="body2" sx={{ flex: 1, overflowWrap: 'anywhere' }}>
        {name}
      </Typography>
      <NumberInput
        source={source}
        label={`Of ${most}`}
        slotProps={{ htmlInput: { 'aria-label': `${name}, of ${most}` } }}
        min={0}
        max={most}
        sx={{ width: 120 }}
      />
    </Stack>
  );
}

const areNeeded = (_: unknown, { units }: { units?: Units }) =>
  unitsOf(units ?? {}).length === 0 ? 'Write how many units come back.' : undefined;

/** Refuses a form in which no unit is entered. It is shown below the units. */
export function UnitsNeeded() {
  const { fieldState } = useInput({ source: 'items', validate: areNeeded });
  const { clearErrors } = useFormContext();
  const isAny = unitsOf(useWatch({ name: 'units' }) ?? {}).length > 0;
  useEffect(() => {
    if (isAny) clearErrors('items');
  }, [isAny, clearErrors]);
  return (
    fieldState.error && (
      <FormHelperText error role="alert">
        {fieldError(fieldState.error)}
      </FormHelperText>
    )
  );
}
