import { isKontorError, type OrderBody } from '@kontor/client';
import { useRoute } from 'preact-iso';
import { Totals } from '../checkout/totals.tsx';
import { formatDate, t } from '../i18n/index.ts';
import { AskForLink } from '../orders/ask-for-link.tsx';
import { CancelOrder } from '../orders/cancel-order.tsx';
import { Details } from '../orders/details.tsx';
import { Documents } from '../orders/documents.tsx';
import { History } from '../orders/history.tsx';
import { Items } from '../orders/items.tsx';
import { Parcels } from '../orders/parcels.tsx';
import { PaymentState } from '../orders/payment-state.tsx';
import { Returns } from '../orders/returns.tsx';
import { orderStatus } from '../orders/status.ts';
import { useOrder } from '../orders/use-order.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { Heading } from '../ui/title.tsx';

export default function Order() {
  const id = useRoute().params['id'] ?? '';
  const { data, error, reload, backFromPaying, checks } = useOrder(id);
  const hidden = isKontorError(error, 'order_not_found', 'unauthenticated', 'session_ended');
  if (error && (hidden || !data))
    return hidden ? <AskForLink id={id} /> : <ErrorView page error={error} retry={reload} />;
  if (!data) return <Skeleton lines={8} />;
  const { order, history } = data;
  return (
    <>
      <Heading>{t('order.title', { number: order.number })}</Heading>
      <p class="order-status">
        <strong class={`badge ${tone(order)}`} role="status">
          {orderStatus(order)}
        </strong>{' '}
        {t('order.placedAt', { date: formatDate(order.createdAt, 'time') })}
      </p>
      <PaymentState order={order} checking={backFromPaying} late={checks > 0 && !backFromPaying} reload={reload} />
      <div class="two-columns order">
        <div>
          <Items order={order} />
          <Parcels order={order} />
          <Returns order={order} onChange={reload} />
          <History entries={history} />
        </div>
        <div>
          <section class="panel">
            <h2>{t('cart.summary')}</h2>
            <Totals totals={order.totals} coupon={order.couponCode} reverseCharged={order.vat?.reverseCharged} />
            <Documents order={order} />
            <CancelOrder order={order} onChange={reload} />
          </section>
          <Details order={order} />
        </div>
      </div>
    </>
  );
}

function tone({ status }: OrderBody): string {
  if (['cancelled', 'expired'].includes(status)) return 'bad';
  return status === 'pending' ? 'waits' : 'good';
}
