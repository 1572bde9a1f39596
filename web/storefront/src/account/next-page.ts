import { isReadable } from '../ui/address.ts';

/** A page of this shop to go on to, from the address of the sign-in page. Never a page of somebody else. */
export function nextPage(wanted: string | undefined, otherwise = '/account'): string {
  return wanted && /^\/(?![/\\])[^\t\n\r]*$/.test(wanted) && isReadable(wanted) ? wanted : otherwise;
}

export function signInPage(next: string): string {
  return `/sign-in?next=${encodeURIComponent(next)}`;
}
