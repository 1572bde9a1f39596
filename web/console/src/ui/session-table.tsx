import type { SessionBody } from '@kontor/client';
import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material';
import type { ReactNode } from 'react';

import { Time } from './time.tsx';

interface Props {
  sessions: SessionBody[];
  /** What can be done with one of them. */
  action?: (session: SessionBody) => ReactNode;
}

/** The devices on which an account is signed in. */
export function SessionTable({ sessions, action }: Props) {
  return (
    <TableContainer tabIndex={0}>
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>Device</TableCell>
            <TableCell>Last used</TableCell>
            {action && <TableCell align="right">Action</TableCell>}
          </TableRow>
        </TableHead>
        <TableBody>
          {sessions.map((session) => (
            <TableRow key={session.id}>
              <TableCell>
                {session.device}
                <Typography variant="caption" component="div" color="textSecondary">
                  {session.ip}
                </Typography>
              </TableCell>
              <TableCell>
                <Time of={session.lastUsedAt} />
              </TableCell>
              {action && <TableCell align="right">{action(session)}</TableCell>}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
