/** Cart, checkout and orders. */
export default {
  'cart.title': 'Cart',
  'checkout.title': 'Checkout',
  'order.title': 'Your order',
  'confirmOrder.title': 'Confirm your order',
} as const;
