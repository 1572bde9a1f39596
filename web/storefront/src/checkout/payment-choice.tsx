import type { Money, ShopBody } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { money } from '../state/shop.ts';
import { Checkbox } from '../ui/field.tsx';
import { changeDraft } from './state.ts';

/** The ways to pay that these pages offer. Stripe's elements (`payment_intent`) would need a script of Stripe in them. */
const OFFERED = ['checkout_session', 'cash_on_delivery'] as const;
type Method = (typeof OFFERED)[number];

export function paymentMethods(shop: ShopBody): Method[] {
  return OFFERED.filter((method) => shop.payment.methods.includes(method));
}

interface Props {
  shop: ShopBody;
  chosen: Method;
  total: Money | undefined;
}

export function PaymentChoice({ shop, chosen, total }: Props) {
  if (total?.amount === 0) return null;
  const { largestCash } = shop.payment;
  const tooLarge = Boolean(largestCash && total && total.amount > largestCash.amount);
  return (
    <section aria-labelledby="payment">
      <h2 id="payment">{t('checkout.payment')}</h2>
      <fieldset class="options">
        <legend class="visually-hidden">{t('checkout.payment')}</legend>
        {paymentMethods(shop).map((method) => {
          const refused = method === 'cash_on_delivery' && tooLarge;
          return (
            <div class="option" key={method}>
              <Checkbox
                type="radio"
                name="payment"
                checked={method === chosen}
                disabled={refused}
                onChange={() => changeDraft({ paymentMethod: method })}
                label={t(`checkout.pay.${method}`)}
                hint={
                  refused && largestCash
                    ? t('checkout.cashLimit', { amount: money(largestCash) })
                    : t(`checkout.pay.${method}.hint`)
                }
              />
            </div>
          );
        })}
      </fieldset>
    </section>
  );
}
