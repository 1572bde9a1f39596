import type { ProductBody } from '@kontor/client';
import { Button } from '@mui/material';
import { ListButton, TopToolbar, useRecordContext } from 'react-admin';
import { Link } from 'react-router';

import { listPath } from '../data/filters.ts';
import { useMay } from '../session/auth.ts';
import { kontor, useShop } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';

/** Beside a product: its page in the shop, its stock, its reviews, and to restore it if it was deleted. */
export function ProductActions() {
  const product = useRecordContext<ProductBody>();
  const { links } = useShop();
  const mayModerate = useMay('reviews:moderate');
  if (!product) return null;
  const params = { path: { id: product.id } };
  return (
    <TopToolbar sx={{ flexWrap: 'wrap' }}>
      <ListButton />
      <Button size="small" component={Link} to={listPath('stock', { product: product.id })}>
        Stock
      </Button>
      {mayModerate && (
        <Button size="small" component={Link} to={listPath('reviews', { productId: product.id })}>
          Reviews
        </Button>
      )}
      {product.status === 'active' && (
        <Button size="small" href={`${links.storefront}/products/${product.slug}`} target="_blank" rel="noopener">
          In the shop
        </Button>
      )}
      {product.deletedAt && (
        <ActionButton
          act={() => kontor.POST('/api/v1/products/{id}/restore', { params })}
          done="The product is restored."
        >
          Restore
        </ActionButton>
      )}
    </TopToolbar>
  );
}
