import { effect } from '@preact/signals';
import { forgetDraft } from '../checkout/state.ts';
import { forgetOrders } from '../shop.ts';
import { ofShop, ofTab } from '../storage.ts';
import { forgetLoaded } from '../ui/use-load.ts';
import { onChangeElsewhere } from './channel.ts';
import { user } from './user.ts';

/** Who was here last. */
const PERSON = 'kontor.person';
const STORAGES = [ofTab, ofShop];

/** After a sign-out: whoever comes next sees nothing of this person. Each tab does it for itself. */
export function forgetPerson(): void {
  forgetLoaded();
  forgetDraft();
  forgetOrders();
  for (const storage of STORAGES) storage.removeItem(PERSON);
}

// A session that the shop ended is no sign-out: what was typed waits for the same person to sign in again, in this tab, and
// so do the orders of this browser.
effect(() => {
  const id = user.value?.id;
  if (!id) return;
  if (STORAGES.some((storage) => ![null, id].includes(storage.getItem(PERSON)))) forgetPerson();
  for (const storage of STORAGES) storage.setItem(PERSON, id);
});

onChangeElsewhere('left', forgetPerson);
