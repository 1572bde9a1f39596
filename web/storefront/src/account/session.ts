import type { User } from '@kontor/client';
import { kontor } from '../shop.ts';
import { loadCart, setCart } from '../state/cart.ts';
import { tellOtherTabs } from '../state/channel.ts';
import { forgetPerson } from '../state/leave.ts';
import { setUser } from '../state/user.ts';
import { forgetLoaded } from '../ui/use-load.ts';

/** After a sign-in. What a guest had in the cart joins that of the account. */
export function entered(user: User): void {
  setUser(user);
  forgetLoaded();
  loadCart().then(setCart, () => {});
}

export async function leave(): Promise<void> {
  try {
    await kontor.signOut();
  } finally {
    // Even if the shop does not answer, nothing of this person is left here.
    left();
  }
}

/** After a sign-out. */
export function left(): void {
  setUser(null);
  forgetPerson();
  tellOtherTabs('left');
  loadCart().then(setCart, () => {});
}
