import { createClient, webStorage } from '@kontor/client';

/** The shop's API, on the same origin as the pages. Everything that the pages ask it goes through this client. */
export const kontor = createClient({
  baseUrl: location.origin,
  storage: webStorage(),
  sessionCookie: 'shop',
  // `state/user.ts` listens.
  onSessionEnd: () => dispatchEvent(new Event('kontor:session-end')),
});
