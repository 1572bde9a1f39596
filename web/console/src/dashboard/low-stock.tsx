import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { listPath } from '../data/filters.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Fact, Nothing, Problem, Section } from '../ui/page.tsx';

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
      {data?.map(({ sku, available }) => (
        <Fact key={sku} name={sku}>
          <Link to={`/stock/${sku}`}>{available} left</Link>
        </Fact>
      ))}
    </Section>
  );
}
