import { QueryClient } from '@tanstack/react-query';
import { lazy } from 'react';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { Route } from 'react-router';

import { brands } from './brands/index.ts';
import { categories } from './categories/index.ts';
import { dataProvider } from './data/provider.ts';
import { ConsoleLayout } from './layout/layout.tsx';
import { orders } from './orders/index.ts';
import { products } from './products/index.ts';
import { authProvider } from './session/auth.ts';
import { Login } from './session/login.tsx';
import { darkTheme, lightTheme } from './ui/theme.ts';

const Dashboard = lazy(() => import('./dashboard/dashboard.tsx'));

// Forms keep what was read: a list that changes meanwhile must not change what somebody types. Live messages say what is
// to be read again.
const queries = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, retry: false } } });

const resources = [orders, products, categories, brands];

export function Console() {
  return (
    <Admin
      authProvider={authProvider}
      dashboard={Dashboard}
      dataProvider={dataProvider}
      darkTheme={darkTheme}
      disableTelemetry
      layout={ConsoleLayout}
      loginPage={Login}
      queryClient={queries}
      requireAuth
      theme={lightTheme}
    >
      {resources.map((resource) => (
        <Resource key={resource.name} {...resource} />
      ))}
      <CustomRoutes>
        <Route path="/nothing" element={null} />
      </CustomRoutes>
    </Admin>
  );
}
