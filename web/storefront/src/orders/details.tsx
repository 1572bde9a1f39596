import type { OrderBody } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { Postal } from '../ui/postal.tsx';

export function Details({ order }: { order: OrderBody }) {
  const { shippingAddress, billingAddress, shippingMethod, payment, note, vat } = order;
  return (
    <section class="details" aria-labelledby="details">
      <h2 id="details">{t('order.details')}</h2>
      <dl>
        <dt>{t('order.shippingAddress')}</dt>
        <dd>
          <Postal address={shippingAddress} />
        </dd>
        {billingAddress && (
          <>
            <dt>{t('order.billingAddress')}</dt>
            <dd>
              <Postal address={billingAddress} />
            </dd>
          </>
        )}
        {shippingMethod && (
          <>
            <dt>{t('order.shippingMethod')}</dt>
            <dd>{shippingMethod.name}</dd>
          </>
        )}
        <dt>{t('order.paymentMethod')}</dt>
        <dd>{t(`order.method.${payment.method}`)}</dd>
        <dt>{t('checkout.email')}</dt>
        <dd>{order.email}</dd>
        {vat && (
          <>
            <dt>{t('order.vatNumber')}</dt>
            <dd>{vat.number}</dd>
          </>
        )}
        {note && (
          <>
            <dt>{t('order.note')}</dt>
            <dd>{note}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
