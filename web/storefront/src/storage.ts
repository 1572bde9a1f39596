import { usable } from '@kontor/client';

/** What the browser keeps for this tab, and for all of the shop. */
export const ofTab = usable(() => sessionStorage);
export const ofShop = usable(() => localStorage);
