import { Autocomplete, TextField } from '@mui/material';
import { useInput } from 'react-admin';

/** The names of the options, such as Size: at most three. */
export function OptionsInput() {
  const { field, fieldState } = useInput({ source: 'options', defaultValue: [] });
  return (
    <Autocomplete<string, true, false, true>
      multiple
      freeSolo
      options={['Size', 'Colour', 'Width', 'Material']}
      value={(field.value as string[] | null) ?? []}
      onChange={(_, names) => field.onChange(names.slice(0, 3))}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Options"
          error={fieldState.invalid}
          helperText={
            fieldState.error?.message?.replace(/^@@react-admin@@/, '') ??
            'What variants are told apart by. Leave it empty if there is one variant.'
          }
        />
      )}
    />
  );
}
