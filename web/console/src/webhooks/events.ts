import type { WebhookEndpointInput } from '@kontor/client';

type EventType = NonNullable<WebhookEndpointInput['eventTypes']>[number];

// A record, so that a type of event that the API gets or loses does not compile until it is here too.
const TYPES: Record<EventType, true> = {
  'order.placed': true,
  'order.paid': true,
  'order.payment_processing': true,
  'order.payment_failed': true,
  'order.shipped': true,
  'order.delivered': true,
  'order.cancelled': true,
  'order.expired': true,
  'order.refunded': true,
  'order.refund_failed': true,
  'order.returned': true,
  'order.dispute_opened': true,
  'order.dispute_closed': true,
  'parcel.shipped': true,
  'parcel.delivered': true,
  'parcel.removed': true,
  'return.requested': true,
  'return.approved': true,
  'return.declined': true,
  'return.received': true,
  'return.completed': true,
  'return.exchanging': true,
  'return.cancelled': true,
  'product.changed': true,
  'category.changed': true,
  'brand.changed': true,
  'stock.low': true,
  'stock.back': true,
  'review.submitted': true,
  'review.approved': true,
  'review.rejected': true,
  'review.deleted': true,
  'customer.registered': true,
  'customer.deleted': true,
};

export const EVENT_TYPES = Object.keys(TYPES) as EventType[];
export const EVENT_CHOICES = EVENT_TYPES.map((id) => ({ id, name: id }));
