import { type Theme, useMediaQuery } from '@mui/material';
import { type ReactNode, useEffect, useState } from 'react';
import {
  AppBar,
  Layout,
  type LayoutProps,
  Sidebar,
  type SidebarProps,
  TitlePortal,
  useSidebarState,
} from 'react-admin';
import { useLocation } from 'react-router';

import { useLive } from '../live.ts';
import { SignInAgain } from '../session/again.tsx';
import { ProofDialog } from '../session/proof.tsx';
import { useSecondFactor } from '../session/second-factor.ts';
import { useShop } from '../shop.ts';
import { AskBeforeLeaving } from '../ui/leave.tsx';
import { Keys } from './help.tsx';
import { ConsoleMenu } from './menu.tsx';
import { ConsoleUserMenu } from './user-menu.tsx';

const TITLE = 'react-admin-title';

/** On a telephone a long title has two lines. */
const TITLE_SX = {
  fontSize: { xs: '0.95rem', sm: '1.1rem' },
  lineHeight: 1.2,
  whiteSpace: 'normal',
  overflowWrap: 'anywhere',
} as const;

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

/** On a telephone the open menu lies over the page. A window that becomes as narrow gets another one, which is closed. */
function ConsoleSidebar(props: SidebarProps) {
  const isNarrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down('sm'));
  const [wasNarrow, setWasNarrow] = useState(false);
  const [, setOpen] = useSidebarState();
  useEffect(() => {
    if (isNarrow === wasNarrow) return;
    setOpen(!isNarrow);
    setWasNarrow(isNarrow);
  }, [isNarrow, wasNarrow, setOpen]);
  return isNarrow === wasNarrow ? <Sidebar {...props} /> : null;
}

function ConsoleBar() {
  return (
    <AppBar alwaysOn userMenu={<ConsoleUserMenu />}>
      <TitlePortal component="h1" tabIndex={-1} sx={TITLE_SX} />
      <Keys />
    </AppBar>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const [session, setSession] = useState(0);
  useTitle();
  useLive(session);
  useSecondFactor();
  return (
    <>
      <AskBeforeLeaving>{children}</AskBeforeLeaving>
      <ProofDialog />
      <SignInAgain onDone={() => setSession((before) => before + 1)} />
    </>
  );
}

export function ConsoleLayout({ children, ...props }: LayoutProps) {
  return (
    <Layout {...props} appBar={ConsoleBar} menu={ConsoleMenu} sidebar={ConsoleSidebar}>
      <Frame>{children}</Frame>
    </Layout>
  );
}
