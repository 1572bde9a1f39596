import type { AuditBody, Money } from '@kontor/client';
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
} from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { type RaRecord, useDataProvider, useRefresh } from 'react-admin';

import { changed, type Fields } from '../data/resources.ts';
import { productInput } from '../products/input.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { useAction } from './action.tsx';
import { Actor } from './actor.tsx';
import { Amount } from './money.tsx';
import { Long, Problem } from './page.tsx';
import { Time } from './time.tsx';
import { words } from './words.ts';

/** What I wanted to save, and the version that I had read. */
export interface Conflict {
  mine: Record<string, unknown>;
  base: RaRecord;
}

/** Fields that change by themselves. */
const OWN = ['etag', 'updatedAt', 'sales', 'rating', 'stock', 'productCount'];

const fieldsOf = (record: object) => Object.keys(record).filter((field) => !OWN.includes(field));

interface Props {
  resource: string;
  conflict: Conflict;
  /** Called when it was decided. */
  onDone: () => void;
  onClose: () => void;
}

/** Two people changed one record. It shows what the other did, and by whom it was, and lets choose. */
export function ConflictDialog({ resource, conflict, onDone, onClose }: Props) {
  const { mine, base } = conflict;
  const provider = useDataProvider();
  const refresh = useRefresh();
  const end = () => {
    onDone();
    onClose();
  };
  const id = String(base.id);
  const { data: theirs, error } = useQuery({
    queryKey: ['conflict', resource, id],
    queryFn: async () => (await provider.getOne<RaRecord>(resource, { id })).data,
    gcTime: 0,
  });
  const input = resource === 'products' ? productInput : (record: Fields) => record;
  const before = input(base);
  const others = theirs ? changed(input(theirs), before, fieldsOf(input(theirs))) : {};
  const own = changed(mine, base, fieldsOf(mine));
  const wanted = changed(input(mine), before, fieldsOf(input(mine)));
  const save = useAction(
    () => provider.update(resource, { id, data: { ...theirs, ...own }, previousData: theirs as RaRecord }),
    {
      done: 'It was saved.',
      onDone: end,
    },
  );

  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">Somebody else changed this meanwhile</DialogTitle>
      <DialogContent>
        {error && <Problem>{error.message}</Problem>}
        <Who id={id} since={String(base['updatedAt'] ?? '')} />
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>Field</TableCell>
              <TableCell>It was</TableCell>
              <TableCell>They changed it to</TableCell>
              <TableCell>You want</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {Object.keys(others).map((field) => (
              <TableRow key={field}>
                <TableCell>{words(field)}</TableCell>
                <TableCell>
                  <Plain value={before[field]} />
                </TableCell>
                <TableCell>
                  <Plain value={others[field]} />
                </TableCell>
                <TableCell>{field in wanted ? <Plain value={wanted[field]} /> : 'as it is'}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        {theirs && Object.keys(others).length === 0 && <p>Nothing that this form shows is different now.</p>}
      </DialogContent>
      <DialogActions>
        <Button
          onClick={() => {
            refresh();
            end();
          }}
        >
          Take theirs
        </Button>
        <Button variant="contained" disabled={!theirs || save.busy} onClick={() => save.run(undefined)}>
          Save my changes too
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Who changed it, as far as the audit trail may be read. */
function Who({ id, since }: { id: string; since: string }) {
  const { data } = useQuery({
    queryKey: ['conflict', 'audit', id],
    queryFn: async () => (await kontor.GET('/api/v1/audit', { params: { query: { from: since, limit: 100 } } })).data,
    enabled: useMay('audit:read') && since !== '',
    gcTime: 0,
  });
  const entry = data?.find(({ subject, action }: AuditBody) => subject.includes(id) && !/read|list/.test(action));
  if (!entry) return null;
  return (
    <p>
      By <Actor id={entry.actor} /> (<Time of={entry.at} />, {entry.origin?.device ?? 'no device'}).
    </p>
  );
}

function Plain({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value !== 'object') return String(value);
  return isMoney(value) ? <Amount of={value} /> : <Long>{JSON.stringify(value)}</Long>;
}

const isMoney = (value: object): value is Money => 'amount' in value && 'currency' in value;
