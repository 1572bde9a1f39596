import type { LineCountsBody, UploadBody } from '@kontor/client';
import { Alert, Typography } from '@mui/material';
import { useState } from 'react';

import { Section } from '../ui/page.tsx';
import { DropZone, useUpload } from '../ui/upload.tsx';
import { BadLines } from './bad-lines.tsx';

/** A CSV file, sent straight to the bucket, and the report of what became of its lines. */
export function Import({ of, title }: { of: 'products' | 'stock'; title: string }) {
  const [result, setResult] = useState<UploadBody | null>(null);
  const upload = useUpload(() => ({ for: of, contentType: 'text/csv' }), setResult);
  return (
    <Section title={title}>
      <Typography variant="body2" sx={{ mb: 1 }}>
        An export has the columns that an import takes.
      </Typography>
      <DropZone accept={['.csv', 'text/csv']} label="Choose a CSV file, or drop it here" {...upload} />
      {result?.lines && (
        <Alert severity={result.lines.bad > 0 ? 'warning' : 'success'} role="status" sx={{ mt: 1 }}>
          {report(result.lines)}
        </Alert>
      )}
      {result?.lines && result.lines.bad > 0 && <BadLines upload={result.id} />}
    </Section>
  );
}

const report = ({ total, changed, unchanged, bad }: LineCountsBody) =>
  `Of ${total} lines, ${changed} changed something, ${unchanged} changed nothing and ${bad} were not accepted.`;
