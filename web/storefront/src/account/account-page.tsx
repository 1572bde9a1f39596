import type { User } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { language, t } from '../i18n/index.ts';
import { loadUser, sessionEnded, user } from '../state/user.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { Heading } from '../ui/title.tsx';
import { useLoad } from '../ui/use-load.ts';
import { signInPage } from './next-page.ts';

const PAGES = [
  ['/account', 'account.overview'],
  ['/account/orders', 'account.orders'],
  ['/account/addresses', 'account.addresses'],
  ['/account/wishlist', 'account.wishlist'],
  ['/account/security', 'account.security'],
  ['/account/preferences', 'account.preferences'],
] as const;

/** The frame of the account's pages. Whoever is not signed in does that first, and comes back. */
export function AccountPage({ title, children }: { title: string; children: (user: User) => ComponentChildren }) {
  const { path } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On narrow screens the links are one line, which is scrolled to the one of this page.
    const here = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && here) nav.current.scrollLeft = here.offsetLeft - nav.current.offsetLeft - 16;
  }, [path, language.value]);
  return (
    <div class="account">
      <nav ref={nav} class="account-nav" aria-label={t('account.nav')}>
        {PAGES.map(([href, text]) => (
          <a key={href} href={href} aria-current={href === path ? 'page' : undefined}>
            {t(text)}
          </a>
        ))}
      </nav>
      <div class="account-content">
        <Heading>{title}</Heading>
        <SignedIn>{children}</SignedIn>
      </div>
    </div>
  );
}

/** Shows something to whoever is signed in, and the sign-in page to all others. */
export function SignedIn({ children }: { children: (user: User) => ComponentChildren }) {
  const { url, route } = useLocation();
  const { error, reload } = useLoad(loadUser, []);
  const now = user.value;
  useEffect(() => {
    if (now === null) route(`${signInPage(url)}${sessionEnded.value ? '&ended=1' : ''}`, true);
  }, [now]);
  if (now) return <>{children(now)}</>;
  return error ? <ErrorView error={error} retry={reload} /> : <Skeleton lines={5} />;
}
