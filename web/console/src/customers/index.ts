import Icon from '@mui/icons-material/People';
import { lazy } from 'react';

export const customers = {
  name: 'customers',
  icon: Icon,
  options: { label: 'Customers' },
  list: lazy(() => import('./list.tsx')),
  show: lazy(() => import('./show.tsx')),
  recordRepresentation: 'name',
};
