import type { OrderBody } from '@kontor/client';
import { t } from '../i18n/index.ts';

type Facts = Pick<OrderBody, 'status' | 'fulfillmentStatus'> & Partial<Pick<OrderBody, 'payment'>>;

/** How an order stands, in few words. */
export function orderStatus({ status, fulfillmentStatus, payment }: Facts): string {
  if (status === 'pending' && payment?.method === 'cash_on_delivery') return t('order.status.pendingConfirmation');
  if (status === 'processing' && fulfillmentStatus !== 'unfulfilled') return t('order.status.partially');
  return t(`order.status.${status}`);
}

const ONLINE = ['checkout_session', 'payment_intent'];

/** Whether the buyer can pay it now on Stripe's page. */
export function isPayable({ status, paymentStatus, payment }: OrderBody): boolean {
  return status === 'pending' && ONLINE.includes(payment.method) && ['unpaid', 'failed'].includes(paymentStatus);
}

/** The shop decides; this only keeps a button away that would always be refused. */
export function isCancellable({ status, fulfillmentStatus }: OrderBody): boolean {
  return ['pending', 'paid', 'processing'].includes(status) && fulfillmentStatus === 'unfulfilled';
}
