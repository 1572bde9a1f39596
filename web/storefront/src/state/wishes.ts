import { type CartBody, isKontorError } from '@kontor/client';
import { computed, effect, signal } from '@preact/signals';
import { kontor } from '../shop.ts';
import { loadCart } from './cart.ts';
import { once } from './once.ts';
import { user } from './user.ts';

/** Whether a variant is on the wish list of whoever is signed in, by its id. Others are not on it, or not loaded yet. */
const wishes = signal<ReadonlyMap<string, boolean>>(new Map());
const person = computed(() => user.value?.id);
let load = async () => {};

// Everybody has another wish list.
effect(() => {
  const whose = person.value;
  wishes.value = new Map();
  load = once(async () => {
    const listed: [string, boolean][] = [];
    if (!whose) return;
    for await (const { id } of kontor.list('/api/v1/wishlist', { params: { query: { limit: 100 } } }))
      listed.push([id, true]);
    // What was changed meanwhile is newer.
    if (person.value === whose) wishes.value = new Map([...listed, ...wishes.value]);
  });
});

/** Pages that show hearts call it. */
export function loadWishes(): void {
  load().catch(() => {});
}

export function isWished(variantId: string): boolean {
  return wishes.value.get(variantId) ?? false;
}

export async function saveWish(sku: string): Promise<void> {
  const { data } = await kontor.POST('/api/v1/wishlist', { body: { sku } });
  setWished(data.variantId, true);
}

export async function removeWish(variantId: string): Promise<void> {
  try {
    await kontor.DELETE('/api/v1/wishlist/{id}', { params: { path: { id: variantId } } });
  } catch (error) {
    // It was removed in another window.
    if (!isKontorError(error, 'wish_not_found')) throw error;
  }
  setWished(variantId, false);
}

/** Puts a wish into the cart, and answers with the cart. */
export async function moveWish(variantId: string): Promise<CartBody> {
  const cart = await move(variantId);
  setWished(variantId, false);
  return cart;
}

async function move(id: string): Promise<CartBody> {
  try {
    return (await kontor.POST('/api/v1/wishlist/{id}/move-to-cart', { params: { path: { id } } })).data;
  } catch (error) {
    // It is in the cart if the answer to an earlier try was lost, and nowhere if it was removed in another window.
    if (!isKontorError(error, 'wish_not_found')) throw error;
    return loadCart();
  }
}

function setWished(variantId: string, wished: boolean): void {
  wishes.value = new Map(wishes.value).set(variantId, wished);
}
