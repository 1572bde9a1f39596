import type en from '../en/checkout.ts';

const messages: Record<keyof typeof en, string> = {
  'cart.title': 'Warenkorb',
  'checkout.title': 'Kasse',
  'order.title': 'Ihre Bestellung',
  'confirmOrder.title': 'Bestellung bestätigen',
};
export default messages;
