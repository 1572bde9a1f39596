import { Checkbox } from '@mui/material';
import { useListContext, useRecordContext } from 'react-admin';

const labelled = (name: string) => ({ input: { 'aria-label': name } });

/** Chooses a row for what is done with many. Those of react-admin have no name for who cannot see them. */
export function SelectRow() {
  const record = useRecordContext();
  const { selectedIds, onToggleItem } = useListContext();
  if (!record) return null;
  return (
    <Checkbox
      size="small"
      slotProps={labelled('Choose this row')}
      checked={selectedIds.includes(record.id)}
      onClick={(event) => event.stopPropagation()}
      onChange={() => onToggleItem(record.id)}
    />
  );
}

/** Chooses all rows of the page, or none. */
export function SelectPage() {
  const { data = [], selectedIds, onSelect } = useListContext();
  const chosen = data.filter(({ id }) => selectedIds.includes(id)).length;
  return (
    <Checkbox
      size="small"
      slotProps={labelled('Choose all rows of this page')}
      checked={chosen > 0 && chosen === data.length}
      indeterminate={chosen > 0 && chosen < data.length}
      onChange={() => onSelect(chosen === data.length ? [] : data.map(({ id }) => id))}
    />
  );
}
