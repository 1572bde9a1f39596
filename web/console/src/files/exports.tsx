import type { CsvExportInput } from '@kontor/client';
import { Button, LinearProgress, Stack, Typography } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNotify } from 'react-admin';

import { periodOf } from '../dashboard/days.ts';
import { errorsOf, messageOf } from '../data/errors.ts';
import { beginOf, endOf } from '../data/local-time.ts';
import { saveLink } from '../file.ts';
import { kontor, useShop } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { DayField } from '../ui/day-field.tsx';
import { Problem, Section } from '../ui/page.tsx';
import { isGoingOn, looked } from './progress.ts';
import { useFiles } from './use-files.ts';
import { useKept } from './use-kept.ts';
import { useLooked } from './use-looked.ts';

const PAUSE = 1_000;

/** Starts an export, and downloads its file as soon as it is there. */
export function Exports() {
  const { timeZone: zone } = useShop();
  const { exports: may } = useFiles();
  const month = periodOf(30, zone);
  const [from = month.from, setFrom] = useState<string>();
  const [to = month.to, setTo] = useState<string>();
  const [id, keep] = useKept('export');
  const known = useQueryClient();
  const start = useAction(async (body: CsvExportInput) => {
    const { data } = await kontor.POST('/api/v1/exports', { body });
    known.setQueryData(keyOf(data.id), looked(data, undefined));
    keep(data.id);
  });
  const [refused, setRefused] = useState<Record<string, string>>({});
  const { file, error, download } = useExport(id);
  const busy = start.busy || isGoingOn(file);
  return (
    <Section title="Export">
      <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
        {may.products && (
          <Button disabled={busy} onClick={() => start.run({ of: 'products' })}>
            Products
          </Button>
        )}
        {may.stock && (
          <Button disabled={busy} onClick={() => start.run({ of: 'stock' })}>
            Stock
          </Button>
        )}
        {may.orders && (
          <>
            <DayField label="Orders from" value={from} problem={refused['from']} onChange={setFrom} />
            <DayField label="Orders to" value={to} problem={refused['to']} onChange={setTo} />
            <Button
              disabled={busy}
              onClick={async () =>
                setRefused(errorsOf(await start.run({ of: 'orders', from: beginOf(zone, from), to: endOf(zone, to) })))
              }
            >
              Orders
            </Button>
          </>
        )}
      </Stack>
      <div aria-live="polite">
        {busy && <LinearProgress aria-label="Exporting" />}
        {error && <Problem>{messageOf(error)}</Problem>}
        {file?.isStuck && <Problem>The export does not go on. Start it again.</Problem>}
        {file && (
          <Typography variant="body2">
            {file.lines} lines {file.state === 'running' ? 'so far' : 'in the file'}
          </Typography>
        )}
        {file?.url && <Button onClick={download}>Download the file</Button>}
      </div>
    </Section>
  );
}

const keyOf = (id: string | null) => ['exports', id];

/** Looks at an export until it is finished. */
function useExport(id: string | null) {
  const notify = useNotify();
  const {
    data: file,
    error,
    refetch,
  } = useLooked({
    queryKey: keyOf(id),
    read: async () => (await kontor.GET('/api/v1/exports/{id}', { params: { path: { id: id ?? '' } } })).data,
    pause: PAUSE,
    enabled: id !== null,
    refetchIntervalInBackground: true,
  });
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && file?.url) {
      saveLink(file.url);
      notify('The file is ready.', { type: 'success' });
    }
    wasRunning.current = file?.state === 'running';
  }, [file, notify]);

  /** A link is valid for five minutes. */
  async function download() {
    const { data, isSuccess } = await refetch();
    if (isSuccess && data.url) saveLink(data.url);
  }

  return { file, error, download };
}
