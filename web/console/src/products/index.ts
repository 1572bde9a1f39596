import ProductsIcon from '@mui/icons-material/Inventory2';
import { lazy } from 'react';

export const products = {
  name: 'products',
  icon: ProductsIcon,
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'name',
};
