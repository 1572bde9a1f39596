import { Alert, Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, LinearProgress } from '@mui/material';
import { useState } from 'react';
import { BulkActionsToolbar, Confirm, useListContext, useNotify } from 'react-admin';

import { messageOf } from '../data/errors.ts';
import { inParts } from '../data/resources.ts';
import { useAction } from './action.tsx';
import { counted, words } from './words.ts';

/** What was not changed, and why. */
export interface Refused {
  id: string;
  message: string;
}

interface Props<Status extends string, T> {
  /** What they are, such as an order. */
  of: string;
  statuses: readonly Status[];
  /** What happens, where it cannot be undone: it asks first. */
  asks?: Partial<Record<Status, string>>;
  /** So many at once. */
  most: number;
  change: (ids: string[], status: Status) => Promise<Refused[]>;
  nameOf: (record: T) => string;
  /** What else can be done with them, and what is told when it was. */
  also?: { label: string; act: (ids: string[]) => Promise<unknown>; done: string };
}

/**
 * What is done with all chosen rows at once, above all one status for them. It says how far it is, and which could not have
 * it. Those stay chosen. Without chosen rows the bar is not there: react-admin only hides its buttons, which then lie over
 * those of the list, and the Tab key reaches them.
 */
export function Bulk<Status extends string, T>(props: Props<Status, T>) {
  const { of, statuses, asks = {}, most, change, nameOf, also } = props;
  const { selectedIds, data, onSelect } = useListContext();
  const notify = useNotify();
  const [asked, setAsked] = useState<Status | null>(null);
  const [progress, setProgress] = useState({ done: 0, of: 0 });
  const [refused, setRefused] = useState<Refused[]>([]);
  const other = useAction(async () => also?.act(selectedIds.map(String)), also);
  const { run, busy } = useAction(async (status: Status) => {
    const ids = selectedIds.map(String);
    const left: Refused[] = [];
    setProgress({ done: 0, of: ids.length });
    for (const part of inParts(ids, most)) {
      const failed = (error: unknown) => part.map((id) => ({ id, message: messageOf(error) }));
      left.push(...(await change(part, status).catch(failed)));
      setProgress(({ done, of }) => ({ done: done + part.length, of }));
    }
    const changed = ids.length - left.length;
    if (changed > 0) notify(`${counted(changed, of)} ${changed === 1 ? 'was' : 'were'} changed.`, { type: 'success' });
    setRefused(left);
    onSelect(left.map(({ id }) => id));
  });

  const texts: Partial<Record<string, string>> = asks;
  const nameIn = (id: string) => {
    const record = data?.find((one) => one.id === id);
    return record ? nameOf(record) : id;
  };
  return (
    <>
      {(busy || selectedIds.length > 0) && (
        <BulkActionsToolbar selectAllButton={false}>
          {also && (
            <Button size="small" disabled={busy || other.busy} onClick={() => other.run(undefined)}>
              {also.label}
            </Button>
          )}
          {statuses.map((status) => (
            <Button
              key={status}
              size="small"
              disabled={busy || other.busy}
              onClick={() => (texts[status] ? setAsked(status) : run(status))}
            >
              {words(status)}
            </Button>
          ))}
          {busy && (
            <Box sx={{ width: 120 }}>
              <LinearProgress
                variant="determinate"
                value={(100 * progress.done) / progress.of}
                aria-label={`${progress.done} of ${progress.of}`}
              />
            </Box>
          )}
        </BulkActionsToolbar>
      )}
      <Confirm
        isOpen={asked !== null}
        title={`${words(asked ?? '')}: ${counted(selectedIds.length, of)}?`}
        content={texts[asked ?? '']}
        confirm={words(asked ?? '')}
        onConfirm={() => {
          setAsked(null);
          if (asked) void run(asked);
        }}
        onClose={() => setAsked(null)}
      />
      {refused.length > 0 && (
        <Dialog open onClose={() => setRefused([])} aria-labelledby="refused-title">
          <DialogTitle id="refused-title">{counted(refused.length, of)} not changed</DialogTitle>
          <DialogContent>
            {refused.map(({ id, message }) => (
              <Alert key={id} severity="warning" sx={{ mb: 1 }}>
                {nameIn(id)}: {message}
              </Alert>
            ))}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setRefused([])}>Close</Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
