import AddIcon from '@mui/icons-material/Add';
import DeleteIcon from '@mui/icons-material/Delete';
import { Button, FormHelperText, IconButton, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { useInput } from 'react-admin';

import { fieldError } from './field-error.ts';

type Pairs = Record<string, string>;

/** Pairs of a name and a value. */
export function MapInput({ source, label }: { source: string; label: string }) {
  const { field, fieldState } = useInput({ source, defaultValue: {} });
  const value = (field.value ?? {}) as Pairs;
  const [rows, setRows] = useState(Object.entries(value));
  // Another record, or another version of it, was loaded.
  const isOther = JSON.stringify(clean(rows)) !== JSON.stringify(value);
  const shown = isOther ? Object.entries(value) : rows;

  function change(next: [string, string][]) {
    setRows(next);
    field.onChange(clean(next));
  }

  return (
    <fieldset>
      <Typography component="legend" variant="subtitle2">
        {label}
      </Typography>
      {shown.map(([name, text], index) => (
        <Stack key={index} direction="row" spacing={1} sx={{ my: 1 }}>
          <TextField
            label="Name"
            value={name}
            onChange={({ target }) => change(shown.with(index, [target.value, text]))}
          />
          <TextField
            label="Value"
            value={text}
            onChange={({ target }) => change(shown.with(index, [name, target.value]))}
          />
          <IconButton aria-label={`Remove ${name}`} onClick={() => change(shown.toSpliced(index, 1))}>
            <DeleteIcon />
          </IconButton>
        </Stack>
      ))}
      <Button size="small" startIcon={<AddIcon />} onClick={() => setRows([...shown, ['', '']])}>
        Add
      </Button>
      {fieldState.error?.message && <FormHelperText error>{fieldError(fieldState.error)}</FormHelperText>}
    </fieldset>
  );
}

const clean = (rows: [string, string][]): Pairs => Object.fromEntries(rows.filter(([name]) => name.trim() !== ''));
