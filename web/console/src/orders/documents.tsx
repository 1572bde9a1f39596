import { Button, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';

import { messageOf } from '../data/errors.ts';
import { saveLink } from '../file.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { Nothing, Problem, Section } from '../ui/page.tsx';
import { words } from '../ui/words.ts';
import { useOrder } from './order.ts';

/** Invoices and credit notes. Their links are valid for five minutes, so they are read when one is downloaded. */
export function Documents() {
  const { id } = useOrder();
  const read = async () => (await kontor.GET('/api/v1/orders/{id}/documents', { params: { path: { id } } })).data;
  const { data: documents = [], error } = useQuery({ queryKey: ['orders', 'documents', id], queryFn: read });
  const save = useAction(async (number: string) => {
    const document = (await read()).find((one) => one.number === number);
    if (document) saveLink(document.url);
  });

  return (
    <Section title="Documents">
      {error && <Problem>{messageOf(error)}</Problem>}
      {!error && documents.length === 0 && <Nothing>The invoice is made when the order is paid.</Nothing>}
      <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: 'wrap' }}>
        {documents.map(({ number, kind }) => (
          <Button key={number} size="small" variant="outlined" disabled={save.busy} onClick={() => save.run(number)}>
            {words(kind)} {number}
          </Button>
        ))}
      </Stack>
    </Section>
  );
}
