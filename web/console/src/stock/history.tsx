import type { StockChangeBody, StockLevelBody } from '@kontor/client';
import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { useRecordContext } from 'react-admin';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Actor } from '../ui/actor.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages.tsx';
import { Time } from '../ui/time.tsx';
import { LANGUAGE } from '../ui/words.ts';

/** Every change of a stock level, the newest first. */
export function StockHistory() {
  const level = useRecordContext<StockLevelBody>();
  const sku = level?.sku ?? '';
  const pages = usePages(
    ['stock', 'history', sku, level?.updatedAt],
    (query) => kontor.GET('/api/v1/inventory/{sku}/history', { params: { path: { sku }, query } }),
    { enabled: sku !== '' },
  );
  const { entries: changes, error } = pages;
  return (
    <Section title="History">
      {error && <Problem>{messageOf(error)}</Problem>}
      {changes?.length === 0 && <Nothing>Nothing was changed yet.</Nothing>}
      <TableContainer tabIndex={0}>
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>When</TableCell>
              <TableCell align="right">Change</TableCell>
              <TableCell align="right">On hand</TableCell>
              <TableCell>Why</TableCell>
              <TableCell>By</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {changes?.map((change) => (
              <Change key={change.id} {...change} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <More of={pages} />
    </Section>
  );
}

function Change({ at, delta, onHand, reason, by }: StockChangeBody) {
  return (
    <TableRow>
      <TableCell>
        <Time of={at} />
      </TableCell>
      <TableCell align="right">
        {new Intl.NumberFormat(LANGUAGE, { signDisplay: 'exceptZero' }).format(delta)}
      </TableCell>
      <TableCell align="right">{onHand ?? '–'}</TableCell>
      <TableCell sx={{ minWidth: 140 }}>{reason}</TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>
        <Actor id={by} />
      </TableCell>
    </TableRow>
  );
}
