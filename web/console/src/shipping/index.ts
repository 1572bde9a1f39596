import Icon from '@mui/icons-material/LocalShipping';
import { lazy } from 'react';

export const shipping = {
  name: 'shipping',
  icon: Icon,
  options: { label: 'Shipping methods' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'name',
};
