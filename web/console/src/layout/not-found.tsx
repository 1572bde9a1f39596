import { Box } from '@mui/material';
import { Title } from 'react-admin';
import { Link } from 'react-router';

import { Nothing } from '../ui/page.tsx';

export function NotFound() {
  return (
    <>
      <Title title="Not found" />
      <Box sx={{ py: 2 }}>
        <Nothing>
          There is nothing at this address. <Link to="/">Go to the dashboard</Link>
        </Nothing>
      </Box>
    </>
  );
}
