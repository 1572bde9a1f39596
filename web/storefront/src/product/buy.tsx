import { isKontorError, type ProductBody, type VariantBody } from '@kontor/client';
import { useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { setCart } from '../state/cart.ts';
import { shop } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorMessage } from '../ui/message.tsx';
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
  const key = useRef<string | undefined>(undefined);
  const add = useAction(async () => {
    if (!variant) return onMissing();
    // The same key until there is an answer: however often it is pressed, it is added once.
    key.current ??= crypto.randomUUID();
    try {
      const { data } = await kontor.POST('/api/v1/cart/items', {
        params: { header: { 'Idempotency-Key': key.current } },
        body: { sku: variant.sku, quantity, price: variant.price },
      });
      key.current = undefined;
      setCart(data);
      toast(t('product.added', { name: product.name }), { href: '/cart', text: t('product.toCart') });
    } catch (error) {
      if (!isKontorError(error, 'network_error', 'timed_out', 'unexpected_answer')) key.current = undefined;
      if (isKontorError(error, 'price_changed', 'not_enough_stock', 'product_not_found')) onChanged();
      throw error;
    }
  });
  const change = (now: number) => {
    key.current = undefined;
    setQuantity(now);
  };
  const soldOut = variant?.stock === 'out' || product.stock === 'out';
  return (
    <div class="buy">
      {!soldOut && (
        <div class="row">
          <Quantity value={quantity} most={shop.value?.limits.unitsOfLine ?? 100} onChange={change} />
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

interface QuantityProps {
  value: number;
  most: number;
  onChange: (value: number) => void;
}

export function Quantity({ value, most, onChange }: QuantityProps) {
  const set = (wanted: number) => onChange(Math.min(most, Math.max(1, Math.round(wanted) || 1)));
  return (
    <fieldset class="quantity">
      <legend class="visually-hidden">{t('product.quantity')}</legend>
      <button
        type="button"
        class="icon-button"
        aria-label={t('product.fewer')}
        disabled={value <= 1}
        onClick={() => set(value - 1)}
      >
        <Icon name="minus" />
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={most}
        aria-label={t('product.quantity')}
        value={value}
        onChange={({ currentTarget }) => set(currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={t('product.more')}
        disabled={value >= most}
        onClick={() => set(value + 1)}
      >
        <Icon name="plus" />
      </button>
    </fieldset>
  );
}
