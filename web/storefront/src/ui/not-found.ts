import { lazy } from 'preact-iso';

/** Pages show it when what they are about is not there. */
export const NotFound = lazy(() => import('../pages/not-found.tsx'));
