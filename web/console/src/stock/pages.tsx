import { Button, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';

/** The pages of stock levels have numbers only: how many SKUs their products have is not known before. */
export function StockPages() {
  const { page, hasNextPage, setPage } = useListContext();
  if (page === 1 && !hasNextPage) return null;
  return (
    <Stack
      component="nav"
      aria-label="Pages"
      direction="row"
      spacing={1}
      sx={{ alignItems: 'center', justifyContent: 'flex-end', p: 1 }}
    >
      <Button disabled={page === 1} onClick={() => setPage(page - 1)}>
        Previous page
      </Button>
      <Typography variant="body2">Page {page}</Typography>
      <Button disabled={!hasNextPage} onClick={() => setPage(page + 1)}>
        Next page
      </Button>
    </Stack>
  );
}
