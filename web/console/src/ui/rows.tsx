import { Box, LinearProgress, type Theme, useMediaQuery } from '@mui/material';
import { type ReactElement, type ReactNode, useRef } from 'react';
import {
  DataTable,
  type DataTableColumnProps,
  type RaRecord,
  SimpleList,
  useCreatePath,
  useDataTableCallbacksContext,
  useListContext,
  useRecordContext,
  useResourceContext,
} from 'react-admin';
import { Link } from 'react-router';

import { useKeys } from './keys.ts';
import { SelectPage, SelectRow } from './select.tsx';

interface Props<T> {
  /** On a narrow screen an entry is two lines. */
  first: (record: T) => ReactNode;
  second: (record: T) => ReactNode;
  aside?: (record: T) => ReactNode;
  open?: 'show' | 'edit' | false;
  /** What can be done with the chosen entries. */
  bulk?: ReactElement | false;
  children: ReactNode;
}

/** The rows of a list: a table, or on a narrow screen a list of two lines each. `j` and `k` go through them. */
export function Rows<T extends object>({ first, second, aside, open = 'show', bulk = false, children }: Props<T>) {
  const { isPending } = useListContext();
  const narrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  const rows = useRef<HTMLDivElement>(null);
  const go = (by: number) => () => focusRow(rows.current, by);
  useKeys({ j: go(1), k: go(-1) });
  // The place holders of react-admin are a table without headers.
  if (isPending) return <LinearProgress aria-label="Reading the list" />;
  if (narrow)
    return (
      <div ref={rows}>
        <SimpleList<T & RaRecord>
          primaryText={first}
          secondaryText={second}
          tertiaryText={aside}
          rowClick={open}
          sx={{ overflowWrap: 'anywhere', '& .RaSimpleList-tertiary': { opacity: 1 } }}
        />
      </div>
    );
  return (
    <>
      {bulk}
      <Box ref={rows} sx={{ overflowX: 'auto' }}>
        <DataTable rowClick={open} bulkActionButtons={false} hover>
          {bulk && <DataTable.Col label={<SelectPage />} disableSort field={SelectRow} />}
          {children}
        </DataTable>
      </Box>
    </>
  );
}

type Source<T> = NoInfer<keyof T & string>;
type ColumnProps<T extends object> = DataTableColumnProps<T> & { source?: Source<T> };

/** A column of a list of such entries. Its source is one of their fields, where react-admin takes any name. */
export type ColumnOf<T extends object> = (props: ColumnProps<T>) => ReactNode;

/** The column that names an entry. It is a link to its page, so that a row is opened without a mouse, too. */
export function NameCol<T extends object>({ render, ...props }: ColumnProps<T> & { source: Source<T> }) {
  return (
    <DataTable.Col<T> {...props} render={(record) => <Name>{render?.(record) ?? String(record[props.source])}</Name>} />
  );
}

function Name({ children }: { children: ReactNode }) {
  const { rowClick } = useDataTableCallbacksContext();
  const resource = useResourceContext() ?? '';
  const id = useRecordContext()?.id ?? '';
  const createPath = useCreatePath();
  if (rowClick !== 'show' && rowClick !== 'edit') return children;
  return (
    // The click on the row would open it once more.
    <Link to={createPath({ resource, id, type: rowClick })} onClick={(event) => event.stopPropagation()}>
      {children}
    </Link>
  );
}

/** Each row begins with the link that opens it. Lists without pages of their entries have others, or none. */
function focusRow(rows: HTMLElement | null, by: number) {
  const links = [...(rows?.querySelectorAll('tbody tr, li') ?? [])].flatMap((row) => row.querySelector('a') ?? []);
  const at = links.findIndex((link) => link.closest('tr, li')?.contains(document.activeElement));
  links[at === -1 ? 0 : at + by]?.focus();
}
