import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Problem } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages.tsx';

export function BadLines({ upload: id }: { upload: string }) {
  const pages = usePages(['uploads', 'bad', id], (query) =>
    kontor.GET('/api/v1/uploads/{id}/bad-lines', { params: { path: { id }, query: { limit: 50, ...query } } }),
  );
  const { entries: lines, error } = pages;
  return (
    <>
      {error && <Problem>{messageOf(error)}</Problem>}
      <TableContainer tabIndex={0}>
        <Table size="small" aria-label="Lines that were not accepted">
          <TableHead>
            <TableRow>
              <TableCell align="right">Line</TableCell>
              <TableCell>Column</TableCell>
              <TableCell>Why</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {lines?.map(({ line, column, message }) => (
              <TableRow key={`${line} ${column} ${message}`}>
                <TableCell align="right">{line}</TableCell>
                <TableCell>{column}</TableCell>
                <TableCell>{message}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <More of={pages} label="More of them" />
    </>
  );
}
