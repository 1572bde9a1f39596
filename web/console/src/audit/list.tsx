import type { AuditBody } from '@kontor/client';
import { DataTable, TextInput } from 'react-admin';
import { Link } from 'react-router';
import { Actor } from '../ui/actor.tsx';
import { ListPage } from '../ui/list-page.tsx';

import { MomentInput } from '../ui/moment-input.tsx';
import { Long } from '../ui/page.tsx';
import { type ColumnOf, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';

const filters = [
  <TextInput key="actor" source="actor" alwaysOn resettable helperText={false} placeholder="usr_…, key_… or shop" />,
  <TextInput key="action" source="action" alwaysOn resettable helperText={false} placeholder="Such as order.list" />,
  <MomentInput key="from" source="from" />,
  <MomentInput key="to" source="to" />,
];

const Column: ColumnOf<AuditBody> = DataTable.Col;

/** What was done by whom, the newest first. */
export default function AuditList() {
  return (
    <ListPage filters={filters} perPage={50} title="Audit trail">
      <Rows<AuditBody>
        open={false}
        first={(entry) => `${entry.action} ${entry.subject}`}
        second={(entry) => (
          <>
            <Time of={entry.at} /> · {actor(entry)}
          </>
        )}
      >
        <Column source="at" label="When" disableSort render={(entry) => <Time of={entry.at} />} />
        <Column source="actor" label="Who" disableSort render={actor} />
        <Column source="action" label="What" disableSort />
        <Column source="subject" label="Of" disableSort render={(entry) => <Subject id={entry.subject} />} />
        <Column label="Change" disableSort render={change} />
        <Column source="origin" label="From" disableSort render={origin} />
      </Rows>
    </ListPage>
  );
}

const PAGES: Record<string, (id: string) => string> = {
  ord: (id) => `/orders/${id}/show`,
  usr: (id) => `/customers/${id}/show`,
  prd: (id) => `/products/${id}`,
  cat: (id) => `/categories/${id}`,
  brd: (id) => `/brands/${id}`,
  rev: (id) => `/reviews/${id}/show`,
  whe: (id) => `/webhooks/${id}`,
  shm: (id) => `/shipping/${id}`,
};

function Subject({ id }: { id: string }) {
  const page = PAGES[id.slice(0, 3)];
  return <Long>{page && id[3] === '_' ? <Link to={page(id)}>{id}</Link> : id}</Long>;
}

const actor = (entry: AuditBody) => <Actor id={entry.actor} />;

/** What was made has no before, and what is gone has no after. What stayed as it is was only noted. */
function change({ before, after }: AuditBody) {
  if (before === after) return null;
  return <Long>{before ? `${before} → ${after ?? '–'}` : after}</Long>;
}

const origin = ({ origin: from }: AuditBody) => (from ? `${from.ip}, ${from.device}` : '–');
