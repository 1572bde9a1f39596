import { Chip, Stack } from '@mui/material';
import { useListContext } from 'react-admin';
import type { ListFilter } from '../data/filters.ts';

/** What staff work through, each by its filters. */
const QUEUES: { name: string; filter: ListFilter<'/api/v1/admin/orders'>; order: 'ASC' | 'DESC' }[] = [
  { name: 'All', filter: {}, order: 'DESC' },
  { name: 'To send', filter: { status: 'paid,processing', toSend: true }, order: 'ASC' },
  { name: 'Cash to confirm', filter: { status: 'pending', paymentMethod: 'cash_on_delivery' }, order: 'ASC' },
  { name: 'Unpaid', filter: { status: 'pending' }, order: 'DESC' },
  { name: 'On the way', filter: { status: 'shipped' }, order: 'ASC' },
  { name: 'Disputed', filter: { disputed: true }, order: 'ASC' },
  { name: 'Refund failed', filter: { refundFailed: true }, order: 'ASC' },
];

export function Queues() {
  const { filterValues, setFilters, setSort } = useListContext();
  const isChosen = (filter: object) => JSON.stringify(filter) === JSON.stringify(filterValues);
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap', p: 1 }} component="nav" aria-label="Queues">
      {QUEUES.map(({ name, filter, order }) => (
        <Chip
          key={name}
          label={name}
          color={isChosen(filter) ? 'primary' : 'default'}
          aria-pressed={isChosen(filter)}
          onClick={() => {
            setFilters(filter, {});
            setSort({ field: 'createdAt', order });
          }}
        />
      ))}
    </Stack>
  );
}
