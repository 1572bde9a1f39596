import { TextField, type TextFieldProps } from '@mui/material';
import { useState } from 'react';

interface Props extends Pick<TextFieldProps, 'margin'> {
  label: string;
  value: string;
  /** What is wrong with it. */
  problem?: string | undefined;
  onChange: (day: string) => void;
}

/** A day of the calendar. */
export function DayField({ label, value, problem, onChange, margin }: Props) {
  // Whoever types a year begins with one of the first century, and is not done yet.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextField
      label={label}
      type="date"
      value={typed ?? value}
      fullWidth={false}
      margin={margin}
      error={problem !== undefined}
      helperText={problem}
      onChange={({ target }) => {
        setTyped(target.value);
        if (target.value >= '1970-01-01') onChange(target.value);
      }}
      onBlur={() => setTyped(null)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
