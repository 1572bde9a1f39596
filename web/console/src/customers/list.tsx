import { Chip } from '@mui/material';
import { DataTable, type RaRecord, SearchInput } from 'react-admin';
import { ListPage } from '../ui/list-page.tsx';

import { NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';

const filters = [<SearchInput key="q" source="q" alwaysOn placeholder="Name or email" />];

export default function CustomerList() {
  return (
    <ListPage filters={filters}>
      <Rows first={(user) => user['name']} second={(user) => user['email']} aside={state}>
        <NameCol source="name" disableSort />
        <DataTable.Col source="email" disableSort />
        <DataTable.Col source="role" disableSort render={(user) => words(user['role'])} />
        <DataTable.Col
          source="createdAt"
          label="Since"
          disableSort
          render={(user) => <Time of={user['createdAt']} date />}
        />
        <DataTable.Col label="State" disableSort render={state} />
      </Rows>
    </ListPage>
  );
}

function state({ ban, emailUndeliverable }: RaRecord) {
  if (ban) return <Chip size="small" color="error" label="Banned" />;
  return emailUndeliverable ? <Chip size="small" color="warning" label="Mails come back" /> : null;
}
