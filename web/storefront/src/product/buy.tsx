import { isKontorError, type ProductBody, type VariantBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { useSameKey } from '../repeat.ts';
import { kontor } from '../shop.ts';
import { setCart } from '../state/cart.ts';
import { shop } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { Quantity } from '../ui/quantity.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';

interface Props {
  product: ProductBody;
  variant: VariantBody | undefined;
  /** Called when somebody wants to buy before every option has a value. */
  onMissing: () => void;
  /** The shop knows other prices or stock than this page. */
  onChanged: () => void;
}

export function Buy({ product, variant, onMissing, onChanged }: Props) {
  const [quantity, setQuantity] = useState(1);
  const item = variant && { sku: variant.sku, quantity, price: variant.price };
  const withKey = useSameKey(JSON.stringify(item));
  const add = useAction(async () => {
    if (!item) return onMissing();
    try {
      const { data } = await withKey((key) =>
        kontor.POST('/api/v1/cart/items', {
          params: { header: { 'Idempotency-Key': key } },
          body: item,
        }),
      );
      setCart(data);
      toast(t('product.added', { name: product.name }), { href: '/cart', text: t('product.toCart') });
    } catch (error) {
      if (isKontorError(error, 'price_changed', 'not_enough_stock', 'product_not_found')) onChanged();
      throw error;
    }
  });
  const soldOut = variant?.stock === 'out' || product.stock === 'out';
  return (
    <div class="buy">
      {!soldOut && (
        <div class="row">
          <Quantity
            value={quantity}
            most={shop.value?.limits.unitsOfLine ?? 100}
            otherwise={1}
            labels={{ quantity: t('product.quantity'), fewer: t('product.fewer'), more: t('product.more') }}
            onChange={setQuantity}
          />
          <Button kind="primary" class="add" busy={add.busy} onClick={() => void add.run()}>
            {t(buttonText(variant))}
          </Button>
        </div>
      )}
      <ErrorMessage error={add.error} />
    </div>
  );
}

function buttonText(variant: VariantBody | undefined) {
  if (variant?.stock === 'preorder') return 'product.preorder';
  return variant?.stock === 'backorder' ? 'product.order' : 'product.add';
}
