import type { ProductBody } from '@kontor/client';
import { Stack, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import { Show, useRecordContext } from 'react-admin';

import { Amount } from '../ui/money.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { WHOLE } from '../ui/whole.ts';
import { words } from '../ui/words.ts';

/** A product for those who may not change it. */
export function ProductShow() {
  return (
    <Show queryOptions={{ meta: WHOLE }} component="div" actions={false} title={<Title />}>
      <Product />
    </Show>
  );
}

function Title() {
  return <span>{useRecordContext<ProductBody>()?.name}</span>;
}

function Product() {
  const product = useRecordContext<ProductBody>();
  if (!product) return null;
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Section title="Product">
        <Fact name="Status">
          <Status value={product.status} />
        </Fact>
        <Fact name="Brand">{product.brand?.name ?? '–'}</Fact>
        <Fact name="Categories">{product.categories.map(({ name }) => name).join(', ') || '–'}</Fact>
        <Fact name="Tax class">{words(product.taxClass)}</Fact>
        {Object.entries(product.attributes).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
        <p>{product.description}</p>
        {product.images.map((image) => (
          <img key={image.id} src={image.urls.small} alt={image.alt} width={120} />
        ))}
      </Section>
      <Section title="Variants">
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>SKU</TableCell>
              <TableCell>Options</TableCell>
              <TableCell align="right">Price</TableCell>
              <TableCell align="right">Available</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {product.variants.map((variant) => (
              <TableRow key={variant.id}>
                <TableCell>{variant.sku}</TableCell>
                <TableCell>{Object.values(variant.options).join(', ')}</TableCell>
                <TableCell align="right">
                  <Amount of={variant.price} />
                </TableCell>
                <TableCell align="right">{variant.inventory?.available ?? <Status value={variant.stock} />}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Section>
    </Stack>
  );
}
