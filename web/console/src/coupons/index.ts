import Icon from '@mui/icons-material/Discount';
import { lazy } from 'react';

export const coupons = {
  name: 'coupons',
  icon: Icon,
  options: { label: 'Coupons' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'code',
};
