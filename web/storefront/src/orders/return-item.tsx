import { isKontorError, type OrderItemBody, RETURN_REASONS } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { loadProduct } from '../product/load.ts';
import { catalogueLang } from '../state/shop.ts';
import { Field } from '../ui/field.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { useLoad } from '../ui/use-load.ts';
import { exchangesOf, unitsName } from './exchange.ts';

type Reason = (typeof RETURN_REASONS)[number];

/** What a buyer says about units of one variant. */
export interface Said {
  quantity: number;
  reason: Reason;
  /** The SKU of the variant that the buyer wants for them; empty for money. */
  exchangeFor: string;
}

export const NOTHING_SAID: Said = { quantity: 0, reason: 'changed_mind', exchangeFor: '' };

interface Props {
  line: OrderItemBody;
  /** Of which variant the units are. */
  sku: string;
  most: number;
  said: Said;
  /** Whether a reason is needed, and an exchange possible. */
  isReturn: boolean;
  errors: Record<string, string>;
  onChange: (said: Said) => void;
}

export function ReturnItem({ line, sku, most, said, isReturn, errors, onChange }: Props) {
  const { reason, exchangeFor, ...others } = errors;
  const variant = unitsName(line, sku);
  return (
    <fieldset class="return-item">
      <legend lang={catalogueLang()}>
        {line.name}
        {variant && <span class="hint"> {variant}</span>}
      </legend>
      <Field
        label={t('return.count', { count: most })}
        type="number"
        inputMode="numeric"
        required
        min={0}
        max={most}
        value={said.quantity}
        error={Object.values(others)[0]}
        onInput={({ currentTarget }) => onChange({ ...said, quantity: currentTarget.valueAsNumber || 0 })}
      />
      {isReturn && said.quantity > 0 && (
        <>
          <Field
            as="select"
            label={t('return.reason')}
            value={said.reason}
            error={reason}
            onChange={({ currentTarget }) => onChange({ ...said, reason: currentTarget.value as Reason })}
          >
            {RETURN_REASONS.map((one) => (
              <option key={one} value={one}>
                {t(`return.reason.${one}`)}
              </option>
            ))}
          </Field>
          {line.options.length > 0 && (
            <ExchangeFor
              line={line}
              sku={sku}
              value={said.exchangeFor}
              error={exchangeFor}
              onChange={(wanted) => onChange({ ...said, exchangeFor: wanted })}
            />
          )}
        </>
      )}
    </fieldset>
  );
}

interface ExchangeForProps {
  line: OrderItemBody;
  sku: string;
  value: string;
  error: string | undefined;
  onChange: (sku: string) => void;
}

/** Money back, or another variant. What the product has is loaded only for what comes back. */
function ExchangeFor({ line, sku, value, error, onChange }: ExchangeForProps) {
  const { productId } = line;
  const { data: product, error: failed } = useLoad(
    async (signal) => {
      try {
        return await loadProduct(productId, signal, false);
      } catch (error) {
        if (isKontorError(error, 'product_not_found')) return null;
        throw error;
      }
    },
    [productId],
  );
  if (failed) return <ErrorMessage error={failed} />;
  const exchanges = product ? exchangesOf(product, line, sku) : [];
  if (product !== undefined && exchanges.length === 0) return null;
  return (
    <Field
      as="select"
      label={t('return.wanted')}
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{t('return.money')}</option>
      {exchanges.map(({ sku: other, name, soldOut }) => (
        <option key={other} value={other} disabled={soldOut}>
          {t(soldOut ? 'return.exchangeSoldOut' : 'return.exchange', { name })}
        </option>
      ))}
    </Field>
  );
}
