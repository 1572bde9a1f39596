import { Stack, Typography } from '@mui/material';
import { NumberInput } from 'react-admin';

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
