import { type ReactNode, useEffect, useState } from 'react';
import { AppBar, Layout, type LayoutProps, TitlePortal, useLogout, useNotify } from 'react-admin';
import { useLocation } from 'react-router';

import { useLive } from '../live.ts';
import { ProofDialog } from '../session/proof.tsx';
import { asks, useShop } from '../shop.ts';
import { useKeys } from '../ui/keys.ts';
import { KeysHelp } from './help.tsx';
import { ConsoleMenu } from './menu.tsx';
import { ConsoleUserMenu } from './user-menu.tsx';

const TITLE = 'react-admin-title';

/** The title of a page is its first heading, and gets the focus when the page is opened. */
function useTitle() {
  const { pathname } = useLocation();
  const { name } = useShop();
  const [first] = useState(pathname);
  useEffect(() => {
    if (pathname !== first) document.getElementById(TITLE)?.focus();
  }, [pathname, first]);
  useEffect(() => {
    const title = document.getElementById(TITLE);
    if (!title) return undefined;
    const write = () => {
      document.title = [title.textContent, `${name} console`].filter(Boolean).join(' – ');
    };
    const observer = new MutationObserver(write);
    observer.observe(title, { subtree: true, childList: true, characterData: true });
    write();
    return () => observer.disconnect();
  }, [name]);
}

/** After the session has ended, the sign-in leads back to this page. */
function useSessionEnd() {
  const logout = useLogout();
  const notify = useNotify();
  useEffect(() => {
    asks.signInAgain = () => {
      notify('The session is over. Please sign in again.', { type: 'warning' });
      void logout();
    };
  }, [logout, notify]);
}

function ConsoleBar() {
  return (
    <AppBar userMenu={<ConsoleUserMenu />}>
      <TitlePortal component="h1" tabIndex={-1} />
    </AppBar>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const [help, setHelp] = useState(false);
  useTitle();
  useLive();
  useSessionEnd();
  useKeys({ '?': () => setHelp(true) });
  return (
    <>
      {children}
      <ProofDialog />
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </>
  );
}

export function ConsoleLayout({ children, ...props }: LayoutProps) {
  return (
    <Layout {...props} appBar={ConsoleBar} menu={ConsoleMenu}>
      <Frame>{children}</Frame>
    </Layout>
  );
}
