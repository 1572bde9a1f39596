import { Table, TableBody, TableCell, TableContainer, TableRow } from '@mui/material';
import { Link } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Amount } from '../ui/money.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';

export function OrdersOfUser({ id }: { id: string }) {
  const pages = usePages(['orders', 'of', id], (query) =>
    kontor.GET('/api/v1/users/{id}/orders', { params: { path: { id }, query } }),
  );
  const { entries: orders, error } = pages;
  return (
    <Section title="Orders">
      {error && <Problem>{messageOf(error)}</Problem>}
      {orders?.length === 0 && <Nothing>This account has no orders.</Nothing>}
      <TableContainer>
        <Table size="small">
          <TableBody>
            {orders?.map((order) => (
              <TableRow key={order.id}>
                <TableCell>
                  <Link to={`/orders/${order.id}/show`}>{order.number}</Link>
                </TableCell>
                <TableCell>
                  <Time of={order.createdAt} />
                </TableCell>
                <TableCell>
                  <Status value={order.status} />
                </TableCell>
                <TableCell align="right">
                  <Amount of={order.total} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <More of={pages} />
    </Section>
  );
}
