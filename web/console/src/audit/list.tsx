import { DataTable, DateTimeInput, List, type RaRecord, TextInput } from 'react-admin';

import { Rows } from '../ui/rows.tsx';
import { instant, Time } from '../ui/time.tsx';

const filters = [
  <TextInput key="actor" source="actor" alwaysOn resettable helperText={false} placeholder="usr_…, key_… or shop" />,
  <TextInput key="action" source="action" alwaysOn resettable helperText={false} placeholder="Such as order.list" />,
  <DateTimeInput key="from" source="from" parse={instant} />,
  <DateTimeInput key="to" source="to" parse={instant} />,
];

/** What was done by whom, the newest first. */
export default function AuditList() {
  return (
    <List filters={filters} perPage={50} exporter={false} empty={false} title="Audit trail">
      <Rows
        open={false}
        first={(entry) => `${entry['action']} ${entry['subject']}`}
        second={(entry) => <Time of={entry['at']} />}
      >
        <DataTable.Col source="at" label="When" disableSort render={(entry) => <Time of={entry['at']} />} />
        <DataTable.Col source="actor" label="Who" disableSort render={(entry) => entry['actor'] ?? 'the shop'} />
        <DataTable.Col source="action" label="What" disableSort />
        <DataTable.Col source="subject" label="Of" disableSort />
        <DataTable.Col source="before" disableSort />
        <DataTable.Col source="after" disableSort />
        <DataTable.Col source="origin" label="From" disableSort render={origin} />
      </Rows>
    </List>
  );
}

const origin = ({ origin: from }: RaRecord) => (from ? `${from.ip}, ${from.device}` : '–');
