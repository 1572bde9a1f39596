import type { CartBody } from '@kontor/client';
import { computed, signal } from '@preact/signals';
import { kontor } from '../shop.ts';
import { ofShop } from '../storage.ts';
import { onChangeElsewhere, tellOtherTabs } from './channel.ts';

const HAS_CART = 'kontor.has-cart';

/** The cart as the shop answered it last. Null: not asked for yet. */
export const cart = signal<CartBody | null>(null);
/** How many units are in it; the header shows it. */
export const cartCount = computed(() => cart.value?.units ?? 0);

let turns = 0;
let shownTurn = 0;

/**
 * Every answer to a change of the cart is the whole cart: give it to this, and the other tabs follow. An answer that comes
 * later than that to a newer change is not shown: the cart is read again.
 */
export function setCart(now: CartBody): { isShown: boolean } {
  const isShown = !cart.value || now.updatedAt >= cart.value.updatedAt;
  turns += 1;
  if (isShown) keep(now, turns);
  else loadAgain();
  tellOtherTabs('cart');
  return { isShown };
}

export async function loadCart(): Promise<CartBody> {
  turns += 1;
  const turn = turns;
  const { data } = await kontor.GET('/api/v1/cart');
  // Whoever changed it meanwhile, or asked later, may have got a newer one.
  if (cart.value && turn < shownTurn) return cart.value;
  keep(data, turn);
  return data;
}

/** Loads it here and in the other tabs, if the shop can be reached. */
export function reloadCart(): Promise<void> {
  return loadCart().then(
    () => tellOtherTabs('cart'),
    () => {},
  );
}

/** Most visitors have put nothing into a cart yet: for them the shop is not asked. */
export async function loadCartIfAny(): Promise<void> {
  if (ofShop.getItem(HAS_CART) || (await kontor.isSignedIn())) await loadCart();
}

function keep(now: CartBody, turn: number): void {
  shownTurn = turn;
  cart.value = now;
  if (now.units > 0) ofShop.setItem(HAS_CART, 'yes');
  else ofShop.removeItem(HAS_CART);
}

const loadAgain = () => void loadCart().catch(() => {});
onChangeElsewhere('cart', loadAgain);
// The first item of a guest makes the cart. Its token can come to this tab later than the message of the other one.
addEventListener('storage', ({ key }) => {
  if (key === 'kontor.cart-token') loadAgain();
});
