import type { StockLevelBody } from '@kontor/client';
import { LinearProgress, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { listPath } from '../data/filters.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Nothing, Problem, Section } from '../ui/page.tsx';

export function LowStock() {
  const maySee = useMay('inventory:read');
  const { data, error } = useQuery({
    queryKey: ['stock', 'low'],
    queryFn: async () => (await kontor.GET('/api/v1/inventory', { params: { query: { low: true, limit: 10 } } })).data,
    enabled: maySee,
  });
  if (!maySee) return null;
  return (
    <Section title="Low stock" actions={<Link to={listPath('stock', { low: true })}>All</Link>}>
      {error && <Problem>{messageOf(error)}</Problem>}
      {data?.length === 0 && <Nothing>There is enough of everything.</Nothing>}
      {data && data.length > 0 && <Levels of={data} />}
    </Section>
  );
}

function Levels({ of: levels }: { of: StockLevelBody[] }) {
  return (
    <Table size="small">
      <TableHead>
        <TableRow>
          <TableCell>SKU</TableCell>
          <TableCell sx={{ width: '35%' }}>Of what is low</TableCell>
          <TableCell align="right">Left</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {levels.map(({ sku, available, threshold }) => (
          <TableRow key={sku}>
            <TableCell>
              <Link to={`/stock/${sku}`}>{sku}</Link>
            </TableCell>
            <TableCell>
              <LinearProgress
                variant="determinate"
                color={available > 0 ? 'warning' : 'error'}
                value={Math.max(0, Math.min(100, (100 * available) / Math.max(threshold, 1)))}
                aria-label={`${available} of ${threshold}, the number at which ${sku} is low`}
              />
            </TableCell>
            <TableCell align="right">{available}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
