import type { CsvExportBody, CsvExportInput } from '@kontor/client';
import { Button, LinearProgress, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';

import { openLink } from '../file.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { Section } from '../ui/page.tsx';

const PAUSE = 1_000;

/** Starts an export, and opens its file as soon as it is there. */
export function Exports() {
  const [from, setFrom] = useState(daysAgo(30));
  const [to, setTo] = useState(daysAgo(0));
  const [running, setRunning] = useState<CsvExportBody | null>(null);
  const { run, busy } = useAction(
    async (body: CsvExportInput) => {
      const { data: started } = await kontor.POST('/api/v1/exports', { body });
      setRunning(started);
      const finished = await untilFinished(started, setRunning);
      if (finished.url) openLink(finished.url);
    },
    { done: 'The file is ready.' },
  );
  return (
    <Section title="Export">
      <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
        <Button disabled={busy} onClick={() => run({ of: 'products' })}>
          Products
        </Button>
        <Button disabled={busy} onClick={() => run({ of: 'stock' })}>
          Stock
        </Button>
        <Day label="Orders from" value={from} onChange={setFrom} />
        <Day label="Orders to" value={to} onChange={setTo} />
        <Button disabled={busy} onClick={() => run({ of: 'orders', from, to })}>
          Orders
        </Button>
      </Stack>
      <div aria-live="polite">
        {busy && <LinearProgress aria-label="Exporting" />}
        {running && (
          <Typography variant="body2">
            {running.lines} lines {running.state === 'running' ? 'so far' : 'in the file'}
          </Typography>
        )}
        {running?.url && (
          <Button href={running.url} target="_blank" rel="noopener">
            Open the file
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

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <TextField
      label={label}
      type="date"
      value={value}
      fullWidth={false}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
