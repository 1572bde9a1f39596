import type { QueryWithoutResultsBody } from '@kontor/client';
import { Button } from '@mui/material';
import { DataTable, DateInput } from 'react-admin';
import { Link } from 'react-router';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, Rows } from '../ui/rows.tsx';
import { day } from '../ui/time.tsx';
import { counted } from '../ui/words.ts';

const filters = [
  <DateInput key="from" source="from" label="From (empty: a week)" alwaysOn />,
  <DateInput key="to" source="to" label="To (at most 31 days)" alwaysOn />,
];

const Column: ColumnOf<QueryWithoutResultsBody> = DataTable.Col;

/** What customers looked for in vain, the most frequent first. */
export default function SearchList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={filters} perPage={100} pagination={false} title="Searches without results">
      <Rows<QueryWithoutResultsBody>
        open={false}
        first={(one) => one.words}
        second={(one) => counted(one.count, 'time')}
      >
        <Column source="words" label="Searched for" disableSort />
        <Column source="count" label="Times" disableSort align="right" />
        <Column source="lastDay" label="Last" disableSort render={(one) => day(one.lastDay)} />
        {mayChange && <Column label="Help" disableSort render={help} />}
      </Rows>
    </ListPage>
  );
}

const help = ({ words }: QueryWithoutResultsBody) => (
  <Button
    size="small"
    component={Link}
    to={`/synonyms/create?source=${encodeURIComponent(JSON.stringify({ input: words }))}`}
  >
    Add a synonym
  </Button>
);
