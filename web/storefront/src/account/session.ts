import type { User } from '@kontor/client';
import { forgetDraft } from '../checkout/state.ts';
import { kontor } from '../shop.ts';
import { loadCart, setCart } from '../state/cart.ts';
import { setUser } from '../state/user.ts';
import { forgetLoaded } from '../ui/use-load.ts';

/** After a sign-in. What a guest had in the cart joins that of the account. */
export function entered(user: User): void {
  setUser(user);
  forgetLoaded();
  loadCart().then(setCart, () => {});
}

export async function leave(): Promise<void> {
  await kontor.signOut();
  left();
}

/** After a sign-out. Whoever comes next sees nothing of this person. */
export function left(): void {
  setUser(null);
  forgetLoaded();
  forgetDraft();
  loadCart().then(setCart, () => {});
}

/** A page of this shop to go on to, from the address of the sign-in page. Never a page of somebody else. */
export function nextPage(wanted: string | undefined, otherwise = '/account'): string {
  return wanted && /^\/(?![/\\])/.test(wanted) ? wanted : otherwise;
}

export function signInPage(next: string): string {
  return `/sign-in?next=${encodeURIComponent(next)}`;
}
