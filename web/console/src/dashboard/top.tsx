import type { TopSellerBody } from '@kontor/client';
import {
  LinearProgress,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCanAccess } from 'react-admin';
import { Link } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Amount } from '../ui/money.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { LANGUAGE, words } from '../ui/words.ts';
import { type Days, periodBefore } from './days.ts';
import { change } from './figures.tsx';

interface TopQuery {
  of: (typeof OF)[number];
  by: 'amount' | 'count';
  from: string;
  to: string;
  limit: number;
}

const OF = ['products', 'categories', 'coupons'] as const;

/** The most that the API lists: whoever is not among those before sold less than all of them. */
const MOST = 100;

const read = async (query: TopQuery) => (await kontor.GET('/api/v1/admin/dashboard/top', { params: { query } })).data;

export function TopSellers({ period }: { period: Days }) {
  const [of, setOf] = useState<(typeof OF)[number]>('products');
  const { canAccess: mayOpen } = useCanAccess({ resource: of, action: 'edit' });
  const { data, error } = useQuery({
    queryKey: ['dashboard', 'top', of, period],
    queryFn: async () => {
      const [{ from, to }, before] = [period, periodBefore(period)];
      const [now, old] = await Promise.all([
        read({ of, by: 'amount', from, to, limit: 10 }),
        read({ of, by: 'count', from: before.from, to: before.to, limit: MOST }),
      ]);
      const counts = new Map(old.map(({ id, count }) => [id, count]));
      const others = old.length < MOST ? 0 : null;
      return now.map((seller) => ({ ...seller, before: counts.get(seller.id) ?? others }));
    },
  });
  const most = data?.[0]?.amount.amount || 1;
  return (
    <Section
      title="What sold best"
      actions={
        <TextField
          select
          label="Of"
          value={of}
          fullWidth={false}
          onChange={({ target }) => setOf(target.value as typeof of)}
        >
          {OF.map((name) => (
            <MenuItem key={name} value={name}>
              {words(name)}
            </MenuItem>
          ))}
        </TextField>
      }
    >
      {error && <Problem>{messageOf(error)}</Problem>}
      {data?.length === 0 && <Nothing>Nothing was sold in this time.</Nothing>}
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>Name</TableCell>
            <TableCell sx={WIDE}>Beside the first one</TableCell>
            <TableCell align="right">Units</TableCell>
            <TableCell align="right">Amount</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {data?.map((seller) => (
            <TableRow key={seller.id}>
              <TableCell sx={{ width: '45%' }}>
                {mayOpen ? (
                  <Link to={`/${of}/${seller.id}`}>{seller.name ?? seller.id}</Link>
                ) : (
                  (seller.name ?? seller.id)
                )}
              </TableCell>
              <TableCell sx={WIDE}>
                <LinearProgress variant="determinate" value={share(seller, most)} aria-label="Share of the first one" />
              </TableCell>
              <TableCell align="right">
                {seller.count}
                <Typography variant="caption" color="textSecondary" component="div">
                  {seller.before === null ? 'before: –' : change(seller.count, seller.before, write)}
                </Typography>
              </TableCell>
              <TableCell align="right">
                <Amount of={seller.amount} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

const WIDE = { width: '25%', display: { xs: 'none', sm: 'table-cell' } };

const write = (count: number | null) => new Intl.NumberFormat(LANGUAGE).format(count ?? 0);

const share = ({ amount }: TopSellerBody, most: number) => Math.round((100 * amount.amount) / most);
