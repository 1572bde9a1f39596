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
import { ChosenBar, SelectPage, SelectRow } from './select.tsx';

interface Props {
  /** On a narrow screen an entry is two lines. */
  first: (record: RaRecord) => ReactNode;
  second: (record: RaRecord) => ReactNode;
  aside?: (record: RaRecord) => ReactNode;
  open?: 'show' | 'edit' | false;
  /** What can be done with the chosen entries. */
  bulk?: ReactElement | false;
  children: ReactNode;
}

/** The rows of a list: a table, or on a narrow screen a list of two lines each. `j` and `k` go through them. */
export function Rows({ first, second, aside, open = 'show', bulk = false, children }: Props) {
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
        <SimpleList
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
      {bulk && <ChosenBar>{bulk}</ChosenBar>}
      <Box ref={rows} sx={{ overflowX: 'auto' }}>
        <DataTable rowClick={open} bulkActionButtons={false} hover>
          {bulk && <DataTable.Col label={<SelectPage />} disableSort field={SelectRow} />}
          {children}
        </DataTable>
      </Box>
    </>
  );
}

/** The column that names an entry. It is a link to its page, so that a row is opened without a mouse, too. */
export function NameCol({ render, ...props }: DataTableColumnProps<RaRecord>) {
  const { source = '' } = props;
  return (
    <DataTable.Col<RaRecord>
      {...props}
      render={(record) => <Name>{render?.(record) ?? String(record[source])}</Name>}
    />
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
