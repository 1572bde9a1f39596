import type { OfferedShippingMethodBody, QuoteBody } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { Checkbox } from '../ui/field.tsx';
import { Message } from '../ui/message.tsx';
import { Money } from '../ui/money.tsx';
import { changeDraft } from './state.ts';

interface Props {
  /** Null: no country is chosen. Undefined: it is not there, or was refused. */
  quote: QuoteBody | null | undefined;
  error: string | undefined;
}

export function ShippingChoice({ quote, error }: Props) {
  return (
    <section aria-labelledby="shipping">
      <h2 id="shipping">{t('checkout.shipping')}</h2>
      {quote === null && <p class="hint">{t('checkout.shippingLater')}</p>}
      {error && <Message kind="error">{t('error.shipping_method_not_offered')}</Message>}
      {quote && (
        <fieldset class="options">
          <legend class="visually-hidden">{t('checkout.shipping')}</legend>
          {quote.shippingMethods.map((method) => (
            <div class="option" key={method.id}>
              <Checkbox
                type="radio"
                name="shipping"
                checked={method.id === quote.shippingMethod?.id}
                onChange={() => changeDraft({ shippingMethodId: method.id })}
                label={<Label method={method} />}
                hint={hint(method)}
              />
            </div>
          ))}
        </fieldset>
      )}
    </section>
  );
}

function Label({ method }: { method: OfferedShippingMethodBody }) {
  return (
    <>
      <span>{method.name}</span>
      {method.price.amount === 0 ? <span>{t('totals.free')}</span> : <Money of={method.price} />}
    </>
  );
}

function hint({ carrier, pickup, estimate }: OfferedShippingMethodBody): string | undefined {
  const days = estimate && (estimate.minDays === estimate.maxDays ? 'checkout.daysSame' : 'checkout.days');
  const parts = [
    pickup && t('checkout.pickup'),
    carrier,
    days && t(days, { min: estimate.minDays, max: estimate.maxDays }),
  ];
  return parts.filter(Boolean).join(' · ') || undefined;
}
