import BrandsIcon from '@mui/icons-material/LocalOffer';
import { lazy } from 'react';

export const brands = {
  name: 'brands',
  icon: BrandsIcon,
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'name',
};
