import type { OrderBody } from '@kontor/client';
import { VerifyNotice } from '../account/verify-notice.tsx';
import { formatDate, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { money } from '../state/shop.ts';
import { user } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { useAction } from '../ui/use-action.ts';
import { isPayable } from './status.ts';

interface Props {
  order: OrderBody;
  /** The buyer comes from Stripe's page, and the payment is not heard yet. */
  checking: boolean;
  late: boolean;
  reload: () => void;
}

/** What the buyer has to know and to do about the money. */
export function PaymentState({ order, checking, late, reload }: Props) {
  const { payment, heldUntil, status, paymentStatus, awaitsConfirmation } = order;
  if (checking) return <Message>{t('order.payChecking')}</Message>;
  return (
    <>
      {isPayable(order) && <Pay order={order} late={late} reload={reload} />}
      {status === 'pending' && paymentStatus === 'processing' && <Message>{t('order.payProcessing')}</Message>}
      {awaitsConfirmation && heldUntil && (
        <Message>{t('order.confirmMail', { email: order.email, date: formatDate(heldUntil, 'time') })}</Message>
      )}
      {status === 'pending' && payment.method === 'cash_on_delivery' && !awaitsConfirmation && (
        <Message>{t('order.cashWaits')}</Message>
      )}
      {payment.refunding.amount > 0 && (
        <Message>{t('order.refundingAmount', { amount: money(payment.refunding) })}</Message>
      )}
      {payment.refunded.amount > 0 && (
        <Message>{t('order.refundedAmount', { amount: money(payment.refunded) })}</Message>
      )}
      {payment.chargedBack.amount > 0 && (
        <Message>{t('order.chargedBack', { amount: money(payment.chargedBack) })}</Message>
      )}
      {user.value && order.userId === user.value.id && <VerifyNotice user={user.value} />}
    </>
  );
}

function Pay({ order, late, reload }: Omit<Props, 'checking'>) {
  const { heldUntil, payBy, payment, paymentStatus } = order;
  const pay = useAction(async () => {
    try {
      const { data } = await kontor.POST('/api/v1/payments/checkout-session', { body: { orderId: order.id } });
      if (data.checkoutUrl) location.assign(data.checkoutUrl);
    } catch (error) {
      reload();
      throw error;
    }
  });
  return (
    <Message kind={paymentStatus === 'failed' || payment.problem ? 'error' : 'info'}>
      {late && <p>{t('order.payLate')}</p>}
      {paymentStatus === 'failed' && <p>{t('order.payFailed')}</p>}
      {payment.problem && <p>{t('order.payProblem')}</p>}
      {payBy && <p>{t('order.payBefore', { date: formatDate(payBy, 'time') })}</p>}
      {heldUntil && <p>{t('order.heldUntil', { date: formatDate(heldUntil, 'time') })}</p>}
      <ErrorMessage error={pay.error} />
      <Button kind="primary" busy={pay.busy} onClick={() => pay.run()}>
        {t('order.pay')}
      </Button>
    </Message>
  );
}
