import type { Money } from '@kontor/client';
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  FormHelperText,
  Radio,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
} from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type RaRecord, useDataProvider, useGetMany, useRefresh } from 'react-admin';

import { errorsOf } from '../data/errors.ts';
import { type Change, keyOf, merge, refusedIn } from '../data/merge.ts';
import { RESOURCES } from '../data/resources.ts';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { useAction } from './action.tsx';
import { Actor } from './actor.tsx';
import { Amount } from './money.tsx';
import { Problem } from './page.tsx';
import { Time } from './time.tsx';
import { words } from './words.ts';

/** What I wanted to save, and the version that I had read. */
export interface Conflict {
  mine: Record<string, unknown>;
  base: RaRecord;
}

interface Props {
  resource: string;
  conflict: Conflict;
  /** Called when it was decided. */
  onDone: () => void;
  onClose: () => void;
}

type Choice = 'mine' | 'theirs';

/**
 * Two people changed one record, or one of them did in two places. It shows what each did, and who the other was. Both
 * changes are saved; where they are of one field, it asks for one of them.
 */
export function ConflictDialog({ resource, conflict: { mine, base }, onDone, onClose }: Props) {
  const provider = useDataProvider();
  const refresh = useRefresh();
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const [refused, setRefused] = useState<Record<string, string>>({});
  const end = () => {
    onDone();
    onClose();
  };
  const id = String(base.id);
  const {
    data: theirs,
    error,
    refetch,
  } = useQuery({
    queryKey: ['conflict', resource, id],
    queryFn: async () => (await provider.getOne<RaRecord>(resource, { id })).data,
    gcTime: 0,
  });
  const chosen = new Set(Object.keys(choices).filter((key) => choices[key] === 'theirs'));
  const { record, changes } = merge(base, mine, theirs ?? base, RESOURCES[resource]?.fields ?? [], chosen);
  const isOpen = changes.some(({ path, isClash }) => isClash && !choices[keyOf(path)]);
  const save = useAction(
    () => provider.update(resource, { id, data: { ...theirs, ...record }, previousData: theirs as RaRecord }),
    { done: 'It was saved.', onDone: end, onStale: refetch },
  );

  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">This was changed meanwhile</DialogTitle>
      <DialogContent sx={{ px: { xs: 1, sm: 3 } }}>
        {error && <Problem>{error.message}</Problem>}
        <Who resource={resource} id={id} since={String(base['updatedAt'] ?? '')} />
        {theirs && changes.length === 0 && <p>Nothing that this form shows is different now.</p>}
        {changes.length > 0 && (
          <TableContainer tabIndex={0}>
            <Table size="small" sx={{ '& td, & th': { px: 0.5 } }}>
              <TableHead>
                <TableRow>
                  <TableCell>Field</TableCell>
                  <TableCell sx={WIDE}>It was</TableCell>
                  <TableCell>It is now</TableCell>
                  <TableCell>You want</TableCell>
                </TableRow>
              </TableHead>
              <TableBody>
                {changes.map((change) => (
                  <Line
                    key={keyOf(change.path)}
                    of={change}
                    name={nameOf(change.path, [theirs, base])}
                    refusal={refusedIn(refused, change.path, record)}
                    choice={choices[keyOf(change.path)]}
                    onChoose={(choice) => setChoices({ ...choices, [keyOf(change.path)]: choice })}
                  />
                ))}
              </TableBody>
            </Table>
          </TableContainer>
        )}
        {isOpen && <p>Choose one of the two where both changed the same.</p>}
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
        <Button
          variant="contained"
          disabled={!theirs || isOpen || save.busy}
          onClick={async () => setRefused(errorsOf(await save.run(undefined)))}
        >
          Save my changes too
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** A telephone has place for what is to be chosen. */
const WIDE = { display: { xs: 'none', sm: 'table-cell' } };

interface LineProps {
  of: Change;
  name: string;
  /** Why the shop refused it. */
  refusal: string;
  choice: Choice | undefined;
  onChoose: (choice: Choice) => void;
}

function Line({ of: { path, base, mine, theirs, isClash }, name, refusal, choice, onChoose }: LineProps) {
  const field = path.at(-1) ?? '';
  const cell = (which: Choice, value: unknown, isChanged: boolean) => {
    if (!isChanged) return 'as it is';
    const text = <Plain field={field} value={value} />;
    return isClash ? (
      <FormControlLabel
        control={<Radio size="small" name={keyOf(path)} />}
        checked={choice === which}
        onChange={() => onChoose(which)}
        label={text}
        slotProps={{ typography: { variant: 'body2' } }}
      />
    ) : (
      text
    );
  };
  const isOther = (value: unknown) => JSON.stringify(value ?? null) !== JSON.stringify(base ?? null);
  return (
    <TableRow>
      <TableCell component="th" scope="row">
        {name}
        {refusal && <FormHelperText error>{refusal}</FormHelperText>}
      </TableCell>
      <TableCell sx={WIDE}>
        <Plain field={field} value={base} />
      </TableCell>
      <TableCell>{cell('theirs', theirs, isOther(theirs))}</TableCell>
      <TableCell>{cell('mine', mine, isOther(mine))}</TableCell>
    </TableRow>
  );
}

/** `LAMP-S: price` for a field of a variant, `Attributes: colour` for one of those with a name. */
function nameOf([field = '', name, ...rest]: string[], records: (Record<string, unknown> | undefined)[]): string {
  if (name === undefined) return words(field);
  if (field !== 'variants') return `${words(field)}: ${name}`;
  const variants = records.flatMap((record) => (record?.['variants'] ?? []) as { id: string; sku: string }[]);
  const sku = variants.find(({ id }) => id === name)?.sku ?? name.replace(/^new /, '');
  return [sku, rest.at(-1) ?? 'variant'].map((word, index) => (index ? words(word).toLowerCase() : word)).join(': ');
}

/** Who changed it, as far as this member of staff may know. Nobody is named for orders, and for what the shop does itself. */
function Who({ resource, id, since }: { resource: string; id: string; since: string }) {
  const isStock = resource === 'stock';
  const mayReadAudit = useMay('audit:read');
  const { data: change, error } = useQuery({
    queryKey: ['conflict', 'who', resource, id, since],
    queryFn: () => newestChange(isStock ? historyOf(id) : auditOf(id, since), since),
    enabled: (isStock || mayReadAudit) && since !== '',
    gcTime: 0,
  });
  if (error) return <p>Who it was is not known: {error.message}</p>;
  if (change === undefined) return null;
  if (change === null) return <p>By the shop itself: an order, a sale, or a picture that was processed.</p>;
  return (
    <p>
      By <Actor id={change.by} /> (<Time of={change.at} />
      {change.device && `, ${change.device}`}).
    </p>
  );
}

interface ChangeBy {
  by: string | null;
  at: string;
  device?: string | undefined;
}

type Trail = (cursor: { cursor?: string }) => Promise<{ data: ChangeBy[]; pagination: { nextCursor: string | null } }>;

/** Stock has a history of its own, which also has what came with a file. In the audit trail a file is one entry. */
const historyOf =
  (sku: string): Trail =>
  (cursor) =>
    kontor.GET('/api/v1/inventory/{sku}/history', { params: { path: { sku }, query: cursor } });

const auditOf =
  (id: string, from: string): Trail =>
  async (cursor) => {
    const { data, pagination } = await kontor.GET('/api/v1/audit', {
      params: { query: { from, limit: 100, ...cursor } },
    });
    const changes = data.filter(({ subject, action }) => subject === id && !/read|list|test|resend/.test(action));
    return {
      data: changes.map(({ actor, at, origin }) => ({ by: actor, at, device: origin?.device })),
      pagination,
    };
  };

/** So many pages are looked through. */
const MOST_PAGES = 10;

/** The newest change after that which made a version. Null: there is none. */
async function newestChange(read: Trail, since: string): Promise<ChangeBy | null> {
  const isLater = ({ at }: ChangeBy) => Date.parse(at) > Date.parse(since);
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data, pagination } = await read(cursor ? { cursor } : {});
    const [newest] = data;
    if (newest) return isLater(newest) ? newest : null;
    if (!pagination.nextCursor) return null;
    cursor = pagination.nextCursor;
  }
  throw new Error('The audit trail has too many other entries since then.');
}

/** Fields that have ids of others. */
const OTHERS: Record<string, string> = {
  brandId: 'brands',
  categoryIds: 'categories',
  parentId: 'categories',
  productIds: 'products',
};

/** A value as people read it. */
function Plain({ field, value }: { field: string; value: unknown }): ReactNode {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const others = OTHERS[field];
  if (others) return <Names resource={others} ids={[value].flat() as string[]} />;
  if (typeof value !== 'object') return String(value);
  if (isMoney(value)) return <Amount of={value} />;
  const isList = Array.isArray(value);
  const parts = Object.entries(value).filter(([name, part]) => name !== 'id' && part !== null);
  if (parts.length === 0) return '–';
  return parts.map(([name, part], index) => (
    <span key={name}>
      {index > 0 && ', '}
      {!isList && `${words(name).toLowerCase()} `}
      <Plain field={name} value={part} />
    </span>
  ));
}

function Names({ resource, ids }: { resource: string; ids: string[] }) {
  const { data = [] } = useGetMany(resource, { ids });
  return ids.map((id) => String(data.find((one) => one?.id === id)?.['name'] ?? id)).join(', ') || '–';
}

const isMoney = (value: object): value is Money => 'amount' in value && 'currency' in value;
