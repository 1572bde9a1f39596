import type { LineCountsBody, UploadBody } from '@kontor/client';
import { Alert, Box, Typography } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Problem, Section } from '../ui/page.tsx';
import { DropZone, useUpload, WorkedOff, workedOff } from '../ui/upload.tsx';
import { BadLines } from './bad-lines.tsx';
import { isGoingOn, type Looked, looked } from './progress.ts';
import { useKept } from './use-kept.ts';
import { useLooked } from './use-looked.ts';

const PAUSE = 2_000;

/** A CSV file, sent straight to the bucket. Its report outlives the page. */
export function Import({ of, title }: { of: 'products' | 'stock'; title: string }) {
  const [id, keep] = useKept(of);
  const known = useQueryClient();
  // No view shows it meanwhile, so the cache of queries may forget it.
  const last = useRef<Looked<UploadBody>>(undefined);
  const upload = useUpload(
    () => ({ for: of, contentType: 'text/csv' }),
    undefined,
    (seen) => {
      const now = looked(seen, last.current?.id === seen.id ? last.current : undefined);
      last.current = now;
      known.setQueryData(keyOf(seen.id), now);
      keep(seen.id);
      if (now.isStuck) throw new Error(STUCK);
    },
  );
  return (
    <Section title={title}>
      <Typography variant="body2" sx={{ mb: 1 }}>
        An export has the columns that an import takes.
      </Typography>
      <DropZone accept={['.csv', 'text/csv']} label="Choose a CSV file, or drop it here" {...upload} />
      {id && upload.sending.length === 0 && <Report upload={id} />}
    </Section>
  );
}

const STUCK =
  'Nobody works on this file any more. Look at what it changed before you send it again: it overwrites what was changed since.';

const keyOf = (upload: string) => ['uploads', upload];

/** What became of the lines of a file. */
function Report({ upload: id }: { upload: string }) {
  const { data: upload, error } = useLooked({
    queryKey: keyOf(id),
    read: async () => (await kontor.GET('/api/v1/uploads/{id}', { params: { path: { id } } })).data,
    pause: PAUSE,
  });
  return (
    <Box aria-live="polite" sx={{ mt: 1 }}>
      {error && <Problem>{messageOf(error)}</Problem>}
      {upload?.refusal && <Problem>{upload.refusal.message}</Problem>}
      {upload?.isStuck && <Problem>{STUCK}</Problem>}
      {isGoingOn(upload) && <WorkedOff name="The file" percent={workedOff(upload)} />}
      {upload?.state === 'finished' && upload.lines && (
        <Alert severity={upload.lines.bad > 0 ? 'warning' : 'success'} role="status">
          {report(upload.lines)}
        </Alert>
      )}
      {upload?.state === 'finished' && upload.lines && upload.lines.bad > 0 && <BadLines upload={id} />}
    </Box>
  );
}

const report = ({ total, changed, unchanged, bad }: LineCountsBody) =>
  `Of ${total} lines, ${changed} changed something, ${unchanged} changed nothing and ${bad} were not accepted.`;
