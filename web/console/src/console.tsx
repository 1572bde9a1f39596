import { QueryClient } from '@tanstack/react-query';
import { lazy } from 'react';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { Route } from 'react-router';
import { audit } from './audit/index.ts';
import { brands } from './brands/index.ts';
import { categories } from './categories/index.ts';
import { coupons } from './coupons/index.ts';
import { customers } from './customers/index.ts';
import { dataProvider } from './data/provider.ts';
import { keys } from './keys/index.ts';
import { ConsoleLayout } from './layout/layout.tsx';
import { NotAllowed, NotFound } from './layout/not-found.tsx';
import { i18nProvider } from './messages.ts';
import { orders } from './orders/index.ts';
import { products } from './products/index.ts';
import { returns } from './returns/index.ts';
import { reviews } from './reviews/index.ts';
import { rules } from './rules/index.ts';
import { searches } from './searches/index.ts';
import { authProvider } from './session/auth.ts';
import { Login } from './session/login.tsx';
import { shipping } from './shipping/index.ts';
import { stock } from './stock/index.ts';
import { synonyms } from './synonyms/index.ts';
import { darkTheme, lightTheme } from './ui/theme.ts';
import { webhooks } from './webhooks/index.ts';

const Account = lazy(() => import('./account/page.tsx'));
const Dashboard = lazy(() => import('./dashboard/dashboard.tsx'));
const Files = lazy(() => import('./files/page.tsx'));
const Shop = lazy(() => import('./settings/page.tsx'));

// Forms keep what was read: a list that changes meanwhile must not change what somebody types. Live messages say what is
// to be read again.
const queries = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, retry: false } } });

const resources = [
  orders,
  returns,
  customers,
  coupons,
  reviews,
  products,
  categories,
  brands,
  stock,
  synonyms,
  rules,
  searches,
  shipping,
  webhooks,
  keys,
  audit,
];

export function Console() {
  return (
    <Admin
      accessDenied={NotAllowed}
      authProvider={authProvider}
      catchAll={NotFound}
      dashboard={Dashboard}
      dataProvider={dataProvider}
      darkTheme={darkTheme}
      disableTelemetry
      i18nProvider={i18nProvider}
      layout={ConsoleLayout}
      loginPage={Login}
      queryClient={queries}
      requireAuth
      theme={lightTheme}
      title="Console"
    >
      {resources.map((resource) => (
        <Resource key={resource.name} {...resource} />
      ))}
      <CustomRoutes>
        <Route path="/account" element={<Account />} />
        <Route path="/files" element={<Files />} />
        <Route path="/shop" element={<Shop />} />
      </CustomRoutes>
    </Admin>
  );
}
