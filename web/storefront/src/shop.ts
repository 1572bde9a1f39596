import { createClient, webStorage } from '@kontor/client';

const storage = webStorage();

/** The shop's API, on the same origin as the pages. Everything that the pages ask it goes through this client. */
export const kontor = createClient({
  baseUrl: location.origin,
  storage,
  sessionCookie: 'shop',
  // `state/user.ts` listens.
  onSessionEnd: () => dispatchEvent(new Event('kontor:session-end')),
});

/** The links that opened orders of guests in this browser open them no longer. */
export function forgetOrders(): void {
  void storage.set('order-tokens', null);
  void storage.set('review-tokens', null);
}
