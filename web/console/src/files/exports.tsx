import type { CsvExportBody, CsvExportInput } from '@kontor/client';
import { Button, LinearProgress, Stack, Typography } from '@mui/material';
import { useState } from 'react';

import { periodOf } from '../dashboard/days.ts';
import { beginOf, endOf } from '../data/local-time.ts';
import { saveLink } from '../file.ts';
import { kontor, useShop } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { DayField } from '../ui/day-field.tsx';
import { Section } from '../ui/page.tsx';
import { useFiles } from './use-files.ts';

const PAUSE = 1_000;

/** Starts an export, and downloads its file as soon as it is there. */
export function Exports() {
  const { timeZone: zone } = useShop();
  const { exports: may } = useFiles();
  const month = periodOf(30, zone);
  const [from = month.from, setFrom] = useState<string>();
  const [to = month.to, setTo] = useState<string>();
  const [running, setRunning] = useState<CsvExportBody | null>(null);
  const { run, busy } = useAction(
    async (body: CsvExportInput) => {
      const { data: started } = await kontor.POST('/api/v1/exports', { body });
      setRunning(started);
      const finished = await untilFinished(started, setRunning);
      if (finished.url) saveLink(finished.url);
    },
    { done: 'The file is ready.' },
  );
  return (
    <Section title="Export">
      <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
        {may.products && (
          <Button disabled={busy} onClick={() => run({ of: 'products' })}>
            Products
          </Button>
        )}
        {may.stock && (
          <Button disabled={busy} onClick={() => run({ of: 'stock' })}>
            Stock
          </Button>
        )}
        {may.orders && (
          <>
            <DayField label="Orders from" value={from} onChange={setFrom} />
            <DayField label="Orders to" value={to} onChange={setTo} />
            <Button
              disabled={busy}
              onClick={() => run({ of: 'orders', from: beginOf(zone, from), to: endOf(zone, to) })}
            >
              Orders
            </Button>
          </>
        )}
      </Stack>
      <div aria-live="polite">
        {busy && <LinearProgress aria-label="Exporting" />}
        {running && (
          <Typography variant="body2">
            {running.lines} lines {running.state === 'running' ? 'so far' : 'in the file'}
          </Typography>
        )}
        {running?.url && (
          <Button href={running.url} download>
            Download the file
          </Button>
        )}
      </div>
    </Section>
  );
}

async function untilFinished(started: CsvExportBody, tell: (state: CsvExportBody) => void): Promise<CsvExportBody> {
  let state = started;
  while (state.state === 'running') {
    await new Promise((done) => setTimeout(done, PAUSE));
    state = (await kontor.GET('/api/v1/exports/{id}', { params: { path: { id: started.id } } })).data;
    tell(state);
  }
  return state;
}
