import { CacheProvider } from '@emotion/react';
import type { ShopBody } from '@kontor/client';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';

import { Console } from './console.tsx';
import { messageOf } from './data/errors.ts';
import { me } from './session/auth.ts';
import type { SignInState } from './session/login.tsx';
import { kontor, readShop, ShopContext } from './shop.ts';
import { createStyleCache } from './ui/sheet.ts';

const BASE = '/console';
const root = createRoot(document.getElementById('app') as HTMLElement);
const styles = createStyleCache({ key: 'css' });
// With a router of its own the console can ask before unsaved changes are left.
const router = createBrowserRouter([{ path: '*', element: <Console /> }], { basename: BASE });

function show(shop: ShopBody) {
  root.render(
    <CacheProvider value={styles}>
      <ShopContext value={shop}>
        <RouterProvider router={router} />
      </ShopContext>
    </CacheProvider>,
  );
}

/** Whoever is not signed in gets the sign-in at once. React-admin would try every view before, which takes seconds. */
async function signInFirst() {
  const { pathname, search: nextSearch } = router.state.location;
  const nextPathname = pathname.slice(BASE.length) || '/';
  const wasSignedIn = await kontor.isSignedIn();
  if (nextPathname === '/login' || (wasSignedIn && (await isStillSignedIn()))) return;
  const state: SignInState = { nextPathname, nextSearch, isOver: wasSignedIn };
  await router.navigate('/login', { replace: true, state });
}

/** Whether the session that is kept has not ended meanwhile. */
async function isStillSignedIn(): Promise<boolean> {
  try {
    await me();
    return true;
  } catch (error) {
    if (await kontor.isSignedIn()) throw error;
    return false;
  }
}

async function start() {
  try {
    const [shop] = await Promise.all([readShop(), signInFirst()]);
    show(shop);
  } catch (error) {
    root.render(
      <main role="alert">
        <p>{messageOf(error)}</p>
        <button type="button" onClick={() => location.reload()}>
          Try again
        </button>
      </main>,
    );
  }
}

void start();
