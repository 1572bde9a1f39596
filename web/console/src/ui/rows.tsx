import { Box, LinearProgress, type Theme, useMediaQuery } from '@mui/material';
import type { ReactElement, ReactNode } from 'react';
import { DataTable, type RaRecord, SimpleList, useListContext } from 'react-admin';

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

/** The rows of a list: a table, or on a narrow screen a list of two lines each. */
export function Rows({ first, second, aside, open = 'show', bulk = false, children }: Props) {
  const { isPending } = useListContext();
  const narrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('md'));
  // The place holders of react-admin are a table without headers.
  if (isPending) return <LinearProgress aria-label="Reading the list" />;
  if (narrow)
    return (
      <SimpleList
        primaryText={first}
        secondaryText={second}
        tertiaryText={aside}
        rowClick={open}
        sx={{ overflowWrap: 'anywhere', '& .RaSimpleList-tertiary': { opacity: 1 } }}
      />
    );
  return (
    <>
      {bulk && <ChosenBar>{bulk}</ChosenBar>}
      <Box sx={{ overflowX: 'auto' }}>
        <DataTable rowClick={open} bulkActionButtons={false} hover>
          {bulk && <DataTable.Col label={<SelectPage />} disableSort field={SelectRow} />}
          {children}
        </DataTable>
      </Box>
    </>
  );
}
