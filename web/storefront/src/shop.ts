import { createClient, webStorage } from '@kontor/client';

/** The shop's API, on the same origin as the pages. */
export const kontor = createClient({ baseUrl: location.origin, storage: webStorage() });
