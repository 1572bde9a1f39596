import type { CartBody } from '@kontor/client';
import { computed, signal } from '@preact/signals';
import { kontor } from '../shop.ts';
import { onChangeElsewhere, tellOtherTabs } from './channel.ts';

/** The cart as the shop answered it last. Null: not asked for yet. */
export const cart = signal<CartBody | null>(null);
/** How many units are in it; the header shows it. */
export const cartCount = computed(() => cart.value?.units ?? 0);

/** Every answer to a change of the cart is the whole cart: give it to this, and the other tabs follow. */
export function setCart(now: CartBody): void {
  cart.value = now;
  tellOtherTabs('cart');
}

export async function loadCart(): Promise<CartBody> {
  const { data } = await kontor.GET('/api/v1/cart');
  cart.value = data;
  return data;
}

onChangeElsewhere('cart', () => void loadCart().catch(() => {}));
