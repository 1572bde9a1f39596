import { effect } from '@preact/signals';
import { forgetDraft } from '../checkout/state.ts';
import { forgetOrders } from '../shop.ts';
import { ofTab } from '../storage.ts';
import { forgetLoaded } from '../ui/use-load.ts';
import { onChangeElsewhere } from './channel.ts';
import { user } from './user.ts';

const PERSON = 'kontor.person';

/** After a sign-out: whoever comes next sees nothing of this person. Each tab does it for itself. */
export function forgetPerson(): void {
  forgetLoaded();
  forgetDraft();
  forgetOrders();
  ofTab.removeItem(PERSON);
}

// A session that the shop ended is no sign-out: what was typed waits for the same person to sign in again.
effect(() => {
  const id = user.value?.id;
  if (!id) return;
  if (![null, id].includes(ofTab.getItem(PERSON))) forgetPerson();
  ofTab.setItem(PERSON, id);
});

onChangeElsewhere('left', forgetPerson);
