import type { OrderItemBody, StaffOrderBody } from '@kontor/client';
import { useRecordContext } from 'react-admin';

export type Order = StaffOrderBody;

/** The order of this page. */
export function useOrder(): Order {
  return useRecordContext<Order>() as Order;
}

/** Variants are told apart by their options. */
export const nameOf = ({ name, options }: OrderItemBody) => [name, ...options].join(', ');

export const toSend = ({ items }: Order) => items.filter((item) => item.toSend > 0);

export const isOpen = ({ status }: Order) => ['pending', 'paid', 'processing'].includes(status);

/** What is left of the money that was paid, in minor units. */
export function refundable({ payment }: Order): number {
  const isPaid = ['paid', 'partially_refunded'].includes(payment.status);
  return isPaid ? payment.amount.amount - payment.refunded.amount - payment.refunding.amount : 0;
}

const WAS_PAID = ['paid', 'partially_refunded', 'refunded', 'charged_back'];

/** What was sold and has not come back. Nothing is sold with an order that is over. */
export function toComeBack({ items, payment, status }: Order) {
  const isSold = WAS_PAID.includes(payment.status) && !['cancelled', 'expired'].includes(status);
  return isSold ? items.filter(({ quantity, returned }) => quantity > returned) : [];
}

export const isDisputed = ({ payment }: Order) => payment.dispute !== null && payment.dispute !== 'won';
