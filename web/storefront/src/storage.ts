import { usable } from '@kontor/client';

/** What the browser keeps for this tab, and for all of the shop. Nobody's act fails because it keeps nothing more. */
export const ofTab = usable(() => sessionStorage);
export const ofShop = usable(() => localStorage);
