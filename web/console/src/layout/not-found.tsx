import { Box } from '@mui/material';
import { Title } from 'react-admin';
import { Link } from 'react-router';

import { Nothing } from '../ui/page.tsx';

export function NotFound() {
  return <Elsewhere title="Not found">There is nothing at this address.</Elsewhere>;
}

export function NotAllowed() {
  return <Elsewhere title="Not allowed">Your role does not see this.</Elsewhere>;
}

function Elsewhere({ title, children }: { title: string; children: string }) {
  return (
    <>
      <Title title={title} />
      <Box sx={{ py: 2 }}>
        <Nothing>
          {children} <Link to="/">Go to the dashboard</Link>
        </Nothing>
      </Box>
    </>
  );
}
