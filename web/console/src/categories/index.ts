import CategoriesIcon from '@mui/icons-material/AccountTree';
import { lazy } from 'react';

export const categories = {
  name: 'categories',
  icon: CategoriesIcon,
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'name',
};
