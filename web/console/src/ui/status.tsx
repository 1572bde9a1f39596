import { Chip } from '@mui/material';
import { type FieldProps, useRecordContext } from 'react-admin';

import { words } from './words.ts';

type Colour = 'success' | 'warning' | 'error' | 'info' | 'default';

/** What staff have to look at is a warning or an error; what is done is a success. */
const COLOURS: Record<string, Colour> = {
  paid: 'success',
  delivered: 'success',
  active: 'success',
  approved: 'success',
  completed: 'success',
  finished: 'success',
  shown: 'success',
  succeeded: 'success',
  in: 'success',
  won: 'success',
  pending: 'warning',
  unpaid: 'warning',
  requested: 'warning',
  received: 'info',
  exchanging: 'info',
  processing: 'info',
  shipped: 'info',
  sending: 'info',
  waiting: 'info',
  scheduled: 'info',
  low: 'warning',
  inquiry: 'warning',
  partially_refunded: 'warning',
  failed: 'error',
  out: 'error',
  refused: 'error',
  rejected: 'error',
  declined: 'error',
  charged_back: 'error',
  open: 'error',
  lost: 'error',
};

/** Stock is a short word in the API. */
const NAMES: Record<string, string> = { in: 'In stock', low: 'Low stock', out: 'Sold out' };

export function Status({ value }: { value: string | null | undefined }) {
  if (!value) return null;
  return (
    <Chip size="small" variant="outlined" label={NAMES[value] ?? words(value)} color={COLOURS[value] ?? 'default'} />
  );
}

export function StatusField({ source }: FieldProps) {
  const record = useRecordContext();
  return <Status value={record?.[source ?? 'status']} />;
}
