import { Button, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { useInfiniteQuery } from '@tanstack/react-query';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Problem } from '../ui/page.tsx';

export function BadLines({ upload: id }: { upload: string }) {
  const { data, error, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['uploads', 'bad', id],
    queryFn: ({ pageParam: cursor }) =>
      kontor.GET('/api/v1/uploads/{id}/bad-lines', {
        params: { path: { id }, query: { limit: 50, ...(cursor && { cursor }) } },
      }),
    initialPageParam: '',
    getNextPageParam: ({ pagination }) => pagination.nextCursor,
  });
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
            {data?.pages
              .flatMap((page) => page.data)
              .map(({ line, column, message }) => (
                <TableRow key={`${line} ${column} ${message}`}>
                  <TableCell align="right">{line}</TableCell>
                  <TableCell>{column}</TableCell>
                  <TableCell>{message}</TableCell>
                </TableRow>
              ))}
          </TableBody>
        </Table>
      </TableContainer>
      {hasNextPage && (
        <Button onClick={() => fetchNextPage()} disabled={isFetching}>
          More of them
        </Button>
      )}
    </>
  );
}
