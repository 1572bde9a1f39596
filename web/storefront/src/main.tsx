import { type ComponentChildren, type ComponentType, render } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso';
import { preferredLanguage, setLanguage, t } from './i18n/index.ts';
import { loadCartIfAny } from './state/cart.ts';
import { loadCategories } from './state/categories.ts';
import './state/leave.ts';
import { loadShop, money } from './state/shop.ts';
import { loadUser } from './state/user.ts';
import { ofTab } from './storage.ts';
import { isReadable } from './ui/address.ts';
import { firstPage, pageIsThere } from './ui/first-page.ts';
import { keepFocus } from './ui/focus.ts';
import { forgetHeadOfFirstPage } from './ui/head.ts';
import { Layout } from './ui/layout.tsx';
import { NotFound } from './ui/not-found.ts';
import { PageErrors, PageMissing } from './ui/page-errors.tsx';
import { pageLoadBegins, pageLoadEnds } from './ui/page-load.tsx';
import { focusNextHeading } from './ui/title.tsx';
import { toast } from './ui/toast.tsx';
import './style.css';

/** A page of its own file. If that does not come, it is never asked for again, so something else is shown. */
const page = (load: () => Promise<{ default: ComponentType }>) =>
  lazy(() => load().catch(() => ({ default: PageMissing })));

const Home = page(() => import('./pages/home.tsx'));
const Category = page(() => import('./pages/category.tsx'));
const Search = page(() => import('./pages/search.tsx'));
const Product = page(() => import('./pages/product.tsx'));
const Review = page(() => import('./pages/review.tsx'));
const Cart = page(() => import('./pages/cart.tsx'));
const Checkout = page(() => import('./pages/checkout.tsx'));
const Order = page(() => import('./pages/order.tsx'));
const ConfirmOrder = page(() => import('./pages/confirm-order.tsx'));
const SignIn = page(() => import('./pages/sign-in.tsx'));
const Register = page(() => import('./pages/register.tsx'));
const VerifyEmail = page(() => import('./pages/verify-email.tsx'));
const ChangeEmail = page(() => import('./pages/change-email.tsx'));
const ResetPassword = page(() => import('./pages/reset-password.tsx'));
const ForgotPassword = page(() => import('./pages/forgot-password.tsx'));
const Account = page(() => import('./pages/account/overview.tsx'));
const Orders = page(() => import('./pages/account/orders.tsx'));
const Addresses = page(() => import('./pages/account/addresses.tsx'));
const Security = page(() => import('./pages/account/security.tsx'));
const Preferences = page(() => import('./pages/account/preferences.tsx'));
const Wishlist = page(() => import('./pages/account/wishlist.tsx'));

function loaded() {
  pageLoadEnds();
  pageIsThere();
}

function Pages() {
  const { url } = useLocation();
  const first = useRef(url);
  // Other filters, or another page of a list, are another page too.
  useEffect(() => {
    if (url !== first.current) forgetHeadOfFirstPage();
  }, [url]);
  return (
    <PageErrors url={url}>
      <Router onRouteChange={focusNextHeading} onLoadStart={pageLoadBegins} onLoadEnd={loaded}>
        <Route path="/" component={Home} />
        <Route path="/categories/:slug" component={Category} />
        <Route path="/search" component={Search} />
        <Route path="/products/:slug" component={Product} />
        <Route path="/products/:slug/review" component={Review} />
        <Route path="/cart" component={Cart} />
        <Route path="/checkout" component={Checkout} />
        <Route path="/orders/:id" component={Order} />
        <Route path="/confirm-order" component={ConfirmOrder} />
        <Route path="/sign-in" component={SignIn} />
        <Route path="/register" component={Register} />
        <Route path="/verify-email" component={VerifyEmail} />
        <Route path="/change-email" component={ChangeEmail} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/forgot-password" component={ForgotPassword} />
        <Route path="/account" component={Account} />
        <Route path="/account/orders" component={Orders} />
        <Route path="/account/addresses" component={Addresses} />
        <Route path="/account/security" component={Security} />
        <Route path="/account/preferences" component={Preferences} />
        <Route path="/account/wishlist" component={Wishlist} />
        <Route default component={NotFound} />
      </Router>
    </PageErrors>
  );
}

/** Two short tasks in place of a long one, so that a click between them is not late. */
function InNextTask({ children }: { children: ComponentChildren }) {
  const [begun, setBegun] = useState(false);
  useLayoutEffect(() => {
    setTimeout(() => setBegun(true));
  }, []);
  return begun ? children : null;
}

function App() {
  return (
    <LocationProvider>
      <ErrorBoundary>
        <Layout>
          <InNextTask>
            <Pages />
          </InNextTask>
        </Layout>
      </ErrorBoundary>
    </LocationProvider>
  );
}

/** The HTML that came with the address is shown until the page is as complete, so a click may come before each step. */
async function replace(root: HTMLElement): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  const page = root.cloneNode() as HTMLElement;
  render(<App />, page);
  await firstPage();
  root.replaceWith(page);
}

async function start(root: HTMLElement): Promise<void> {
  // The router would throw. No page has this address.
  if (!isReadable(location.pathname)) history.replaceState(null, '', '/not-found');
  // A page can be drawn without it: prices have their usual decimals until it comes. The first price that a browser writes
  // takes as long as drawing a page, so one is written before.
  loadShop()
    .then(({ currency }) => money({ amount: 0, currency: currency.code }))
    .catch(() => {});
  // English, which the first script has, is better than an empty page.
  await setLanguage(preferredLanguage(), false).catch(() => {});
  if (root.querySelector(':scope > :not(noscript)') === null) render(<App />, root);
  else await replace(root);
  // The menu, who is here and what is in the cart only matter once the page is there.
  setTimeout(() => {
    loadCategories().catch(() => {});
    loadUser().catch(() => {});
    loadCartIfAny().catch(() => {});
  });
}

// The shop was deployed anew while this page was open, and a part of the old one is gone. Once only: it may be the network.
addEventListener('vite:preloadError', () => {
  pageLoadEnds();
  if (!navigator.onLine) {
    // Without a network the browser would show a page of its own. The wanted one comes as soon as it can.
    addEventListener('online', () => location.reload(), { once: true });
    return toast(t('error.network_error'));
  }
  const last = Number(ofTab.getItem('kontor.reloaded'));
  if (Date.now() - last < 10_000) return toast(t('failed.page'));
  ofTab.setItem('kontor.reloaded', String(Date.now()));
  location.reload();
});

keepFocus();
const root = document.getElementById('app');
if (root) void start(root);
