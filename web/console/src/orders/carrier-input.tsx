import { Autocomplete, TextField } from '@mui/material';
import { useInput } from 'react-admin';

import { fieldError } from '../ui/field-error.ts';

/** The shop knows the pages of these carriers about a parcel. Others can be typed. */
const CARRIERS = ['DHL', 'DPD', 'GLS', 'Hermes', 'UPS', 'FedEx', 'USPS', 'Royal Mail'];

export function CarrierInput({ autoFocus = false }: { autoFocus?: boolean }) {
  const { field, fieldState } = useInput({ source: 'carrier' });
  return (
    <Autocomplete
      freeSolo
      options={CARRIERS}
      inputValue={(field.value as string | null) ?? ''}
      onInputChange={(_, name) => field.onChange(name || null)}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Carrier"
          autoFocus={autoFocus}
          error={fieldState.invalid}
          helperText={fieldError(fieldState.error)}
        />
      )}
    />
  );
}
