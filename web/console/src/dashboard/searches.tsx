import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { Fact, Nothing, Problem, Section } from '../ui/page.tsx';
import { counted } from '../ui/words.ts';
import { type Days, lastOf } from './days.ts';

/** The API counts them over so many days at most. */
const MOST_DAYS = 31;

/** What customers looked for in vain. A synonym may help. */
export function Searches({ period }: { period: Days }) {
  const maySee = useMay('products:read');
  const query = { ...lastOf(period, MOST_DAYS), limit: 10 };
  const { data, error } = useQuery({
    queryKey: ['searches', 'dashboard', query],
    queryFn: async () => (await kontor.GET('/api/v1/admin/search/queries-without-results', { params: { query } })).data,
    enabled: maySee,
  });
  if (!maySee) return null;
  return (
    <Section title="Searches without results" actions={<Link to="/searches">All</Link>}>
      {error && <Problem>{messageOf(error)}</Problem>}
      {data?.length === 0 && <Nothing>All searches found something.</Nothing>}
      {data?.map(({ words, count }) => (
        <Fact key={words} name={words}>
          {counted(count, 'time')}
        </Fact>
      ))}
    </Section>
  );
}
