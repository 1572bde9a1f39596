import { Button, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';

import { messageOf } from '../data/errors.ts';
import { saveLink } from '../file.ts';
import { kontor } from '../shop.ts';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { words } from '../ui/words.ts';
import { useOrder } from './order.ts';

/** Invoices and credit notes. Their links are valid for five minutes, so they are read anew when one is downloaded. */
export function Documents() {
  const { id } = useOrder();
  const read = async () => (await kontor.GET('/api/v1/orders/{id}/documents', { params: { path: { id } } })).data;
  const { data: documents = [], error, refetch } = useQuery({ queryKey: ['orders', 'documents', id], queryFn: read });

  async function save(number: string) {
    const { data } = await refetch();
    const document = data?.find((one) => one.number === number);
    if (document) saveLink(document.url);
  }

  return (
    <Section title="Documents">
      {error && <Problem>{messageOf(error)}</Problem>}
      {!error && documents.length === 0 && <Nothing>The invoice is made when the order is paid.</Nothing>}
      <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: 'wrap' }}>
        {documents.map(({ number, kind }) => (
          <Button key={number} size="small" variant="outlined" onClick={() => save(number)}>
            {words(kind)} {number}
          </Button>
        ))}
      </Stack>
    </Section>
  );
}
