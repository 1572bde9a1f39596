import type { User } from '@kontor/client';
import { kontor } from '../shop.ts';
import { reloadCart } from '../state/cart.ts';
import { tellOtherTabs } from '../state/channel.ts';
import { forgetPerson } from '../state/leave.ts';
import { setUser } from '../state/user.ts';
import { forgetLoaded } from '../ui/use-load.ts';

/** After a sign-in. What a guest had in the cart joins that of the account. */
export function entered(user: User): void {
  setUser(user);
  forgetLoaded();
  void reloadCart();
}

/** If the shop cannot be told, the person is still signed in. */
export async function leave(): Promise<void> {
  await kontor.signOut();
  setUser(null);
  forgetPerson();
  tellOtherTabs('left');
  void reloadCart();
}
