import { Autocomplete, TextField } from '@mui/material';
import { useInput } from 'react-admin';

import { fieldError } from './field-error.ts';

interface Props {
  source: string;
  label: string;
  helperText: string;
  options?: string[];
  most?: number;
}

/** A list of words that are typed one after the other. */
export function WordsInput({ source, label, helperText, options = [], most = 50 }: Props) {
  const { field, fieldState } = useInput({ source, defaultValue: [] });
  return (
    <Autocomplete<string, true, false, true>
      multiple
      freeSolo
      // What was typed counts, also without Enter.
      autoSelect
      options={options}
      value={(field.value as string[] | null) ?? []}
      onChange={(_, words) => field.onChange(words.slice(0, most))}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          error={fieldState.invalid}
          helperText={fieldError(fieldState.error) ?? helperText}
        />
      )}
    />
  );
}
