import { forgetDraft } from '../checkout/state.ts';
import { forgetOrders } from '../shop.ts';
import { forgetLoaded } from '../ui/use-load.ts';
import { onChangeElsewhere } from './channel.ts';

/** After a sign-out: whoever comes next sees nothing of this person. Each tab does it for itself. */
export function forgetPerson(): void {
  forgetLoaded();
  forgetDraft();
  forgetOrders();
}

onChangeElsewhere('left', forgetPerson);
