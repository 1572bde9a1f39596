import type { WebhookDeliveryBody, WebhookEndpointBody } from '@kontor/client';
import { Button, MenuItem, Table, TableBody, TableCell, TableContainer, TableRow, TextField } from '@mui/material';
import { useState } from 'react';
import { useRecordContext } from 'react-admin';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';
import { DeliveryDialog } from './delivery.tsx';

const STATES = ['sending', 'waiting', 'delivered', 'failed'] as const;
type State = (typeof STATES)[number];

/** What became of each event. */
export function Deliveries() {
  const id = useRecordContext<WebhookEndpointBody>()?.id ?? '';
  const [state, setState] = useState<State | ''>('');
  const [open, setOpen] = useState<string | null>(null);
  const pages = usePages(
    ['webhooks', 'deliveries', id, state],
    (query) =>
      kontor.GET('/api/v1/admin/webhooks/{id}/deliveries', {
        params: { path: { id }, query: { ...(state && { state }), ...query } },
      }),
    { enabled: id !== '' },
  );
  const { entries: deliveries, error, refetch, isFetching } = pages;
  return (
    <Section
      title="Deliveries"
      actions={
        <>
          <TextField
            select
            label="State"
            value={state}
            fullWidth={false}
            onChange={({ target }) => setState(target.value as State)}
            sx={{ minWidth: 120 }}
          >
            <MenuItem value="">All</MenuItem>
            {STATES.map((name) => (
              <MenuItem key={name} value={name}>
                {words(name)}
              </MenuItem>
            ))}
          </TextField>
          <Button size="small" onClick={() => refetch()} disabled={isFetching}>
            Read again
          </Button>
        </>
      }
    >
      {error && <Problem>{messageOf(error)}</Problem>}
      {deliveries?.length === 0 && <Nothing>Nothing was sent yet.</Nothing>}
      <TableContainer>
        <Table size="small">
          <TableBody>
            {deliveries?.map((delivery) => (
              <Delivery key={delivery.eventId} endpoint={id} of={delivery} open={() => setOpen(delivery.eventId)} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <More of={pages} />
      {open && <DeliveryDialog endpoint={id} event={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Delivery({ endpoint: id, of, open }: { endpoint: string; of: WebhookDeliveryBody; open: () => void }) {
  const { eventId: event, eventType, state, lastAttempt } = of;
  const params = { path: { id, event } };
  return (
    <TableRow>
      <TableCell>{eventType}</TableCell>
      <TableCell>
        <Status value={state} />
      </TableCell>
      <TableCell>
        <Time of={lastAttempt?.at} />
      </TableCell>
      <TableCell>{lastAttempt?.httpStatus ?? (lastAttempt?.problem && words(lastAttempt.problem))}</TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        <Button size="small" onClick={open}>
          Look
        </Button>
        <ActionButton
          act={() => kontor.POST('/api/v1/admin/webhooks/{id}/deliveries/{event}/resend', { params })}
          done="It is on its way again."
        >
          Again
        </ActionButton>
      </TableCell>
    </TableRow>
  );
}
