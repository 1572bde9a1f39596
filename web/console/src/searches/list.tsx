import { Button } from '@mui/material';
import { DataTable, DateInput, type RaRecord } from 'react-admin';
import { Link } from 'react-router';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { Rows } from '../ui/rows.tsx';
import { day } from '../ui/time.tsx';
import { counted } from '../ui/words.ts';

const filters = [
  <DateInput key="from" source="from" label="From (empty: a week)" alwaysOn />,
  <DateInput key="to" source="to" label="To (at most 31 days)" alwaysOn />,
];

/** What customers looked for in vain, the most frequent first. */
export default function SearchList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={filters} perPage={100} pagination={false} title="Searches without results">
      <Rows open={false} first={(one) => one['words']} second={(one) => counted(one['count'], 'time')}>
        <DataTable.Col source="words" label="Searched for" disableSort />
        <DataTable.Col source="count" label="Times" disableSort align="right" />
        <DataTable.Col source="lastDay" label="Last" disableSort render={(one) => day(one['lastDay'])} />
        {mayChange && <DataTable.Col label="Help" disableSort render={help} />}
      </Rows>
    </ListPage>
  );
}

const help = ({ words }: RaRecord) => (
  <Button
    size="small"
    component={Link}
    to={`/synonyms/create?source=${encodeURIComponent(JSON.stringify({ input: words }))}`}
  >
    Add a synonym
  </Button>
);
