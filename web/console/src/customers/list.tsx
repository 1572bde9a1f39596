import type { StaffUserBody } from '@kontor/client';
import { Chip } from '@mui/material';
import { DataTable, SearchInput } from 'react-admin';
import { ListPage } from '../ui/list-page.tsx';

import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';

const filters = [<SearchInput key="q" source="q" alwaysOn placeholder="Name or email" />];

const Column: ColumnOf<StaffUserBody> = DataTable.Col;

export default function CustomerList() {
  return (
    <ListPage filters={filters}>
      <Rows<StaffUserBody> first={(user) => user.name} second={(user) => user.email} aside={state}>
        <NameCol<StaffUserBody> source="name" disableSort />
        <Column source="email" disableSort />
        <Column source="role" disableSort render={(user) => words(user.role)} />
        <Column source="createdAt" label="Since" disableSort render={(user) => <Time of={user.createdAt} date />} />
        <Column label="State" disableSort render={state} />
      </Rows>
    </ListPage>
  );
}

function state({ ban, emailUndeliverable }: StaffUserBody) {
  if (ban) return <Chip size="small" color="error" label="Banned" />;
  return emailUndeliverable ? <Chip size="small" color="warning" label="Mails come back" /> : null;
}
